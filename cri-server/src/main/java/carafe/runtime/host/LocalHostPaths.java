package carafe.runtime.host;

import carafe.base.BlockingCalls;
import carafe.base.CarafeException;
import carafe.linux.KernelCalls;
import carafe.linux.MountInfo;
import carafe.linux.Mounts;
import carafe.linux.SyscallException;
import carafe.runtime.port.HostPaths;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** Files of the host as sources of mounts and devices. Thread-safe. */
public final class LocalHostPaths implements HostPaths {
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final int MAX_DEVICES = 20_000;
    private static final int S_IFMT = 0170000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFBLK = 0060000;
    private static final Set<String> SKIPPED = Set.of("pts", "shm", "mqueue", "fd", "console");

    private final BlockingCalls calls;
    private final boolean readOnlyRecursively = KernelCalls.knows(KernelCalls.Call.MOUNT_SETATTR);

    public LocalHostPaths(BlockingCalls calls) {
        this.calls = calls;
    }

    @Override
    public boolean exists(String path) {
        return look("exists " + path, () -> Files.exists(Path.of(path)));
    }

    @Override
    public boolean isDirectory(String path) {
        return look("directory " + path, () -> Files.isDirectory(Path.of(path)));
    }

    @Override
    public Propagation propagation(String path) {
        Path real = look("real " + path, () -> Path.of(path).toRealPath());
        try {
            MountInfo holder = null;
            for (MountInfo each : MountInfo.read()) {
                boolean nearer =
                        holder == null
                                || each.target().getNameCount() >= holder.target().getNameCount();
                if (real.startsWith(each.target()) && nearer) {
                    holder = each; // of two mounts on one path the later one is on top
                }
            }
            return holder == null ? Propagation.PRIVATE : propagation(holder);
        } catch (SyscallException e) {
            throw new CarafeException.Internal("read the mount table: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean canBeReadOnlyRecursively() {
        return readOnlyRecursively;
    }

    private static Propagation propagation(MountInfo mount) {
        if (mount.tags().stream().anyMatch(tag -> tag.startsWith("shared:"))) {
            return Propagation.SHARED;
        }
        return mount.tags().stream().anyMatch(tag -> tag.startsWith("master:"))
                ? Propagation.SLAVE
                : Propagation.PRIVATE;
    }

    @Override
    public Optional<Device> device(String path) {
        return look(
                "device " + path,
                () -> {
                    try {
                        return deviceAt(path, Path.of(path).toRealPath());
                    } catch (NoSuchFileException e) {
                        return Optional.empty();
                    }
                });
    }

    @Override
    public List<Device> devicesBelow(String directory) {
        return look("devices " + directory, () -> walk(Path.of(directory)));
    }

    /** The directory may be a link, and what is found is named as if it were none. */
    private static List<Device> walk(Path shownTop) throws IOException {
        Path top = shownTop.toRealPath();
        List<Device> found = new ArrayList<>();
        Files.walkFileTree(
                top,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes at) {
                        return isSkipped(dir)
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes at)
                            throws IOException {
                        if (at.isOther() && !isSkipped(file) && found.size() < MAX_DEVICES) {
                            String shown = shownTop.resolve(top.relativize(file)).toString();
                            deviceAt(shown, file).ifPresent(found::add);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) {
                        return FileVisitResult.CONTINUE; // went away while we looked
                    }
                });
        return found;
    }

    private static boolean isSkipped(Path path) {
        Path name = path.getFileName();
        return name != null && SKIPPED.contains(name.toString());
    }

    private static Optional<Device> deviceAt(String shown, Path real) throws IOException {
        Map<String, Object> at =
                Files.readAttributes(real, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
        int mode = number(at, "mode").intValue();
        int type = mode & S_IFMT;
        if (type != S_IFCHR && type != S_IFBLK) {
            return Optional.empty();
        }
        long rdev = number(at, "rdev").longValue();
        // dev_t of the C library: minor in bits 0-7 and 20-31, major in bits 8-19
        int major = (int) ((rdev >>> 8) & 0xfff);
        int minor = (int) ((rdev & 0xff) | ((rdev >>> 12) & 0xfff00));
        return Optional.of(
                new Device(
                        shown,
                        type == S_IFBLK ? 'b' : 'c',
                        major,
                        minor,
                        mode & 07777,
                        number(at, "uid").longValue() & 0xffffffffL,
                        number(at, "gid").longValue() & 0xffffffffL));
    }

    private static Number number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Number number ? number : 0;
    }

    @Override
    public void detachMount(Path mountPoint) {
        try {
            Mounts.detach(mountPoint);
        } catch (SyscallException e) {
            throw new CarafeException.Internal("unmount " + mountPoint + ": " + e.getMessage(), e);
        }
    }

    private <T> T look(String what, Callable<T> call) {
        try {
            return calls.call(what, call, LOOK);
        } catch (CarafeException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new CarafeException.NotFound(what + ": there is no such file", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Unavailable(what + " was interrupted", e);
        } catch (Exception e) {
            throw new CarafeException.Internal(what + ": " + e, e);
        }
    }
}
