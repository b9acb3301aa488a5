package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.OpenHow;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One walk through stacked layers as overlayfs would show them: a whiteout hides what is below, an
 * opaque directory hides the directories below, links are followed inside. Every step goes from a
 * directory descriptor without following a link, so no path leaves the layers. Names are bytes,
 * carried one to one in Latin-1 strings. Not thread-safe; owns the descriptors it opens.
 */
final class LayeredLookup implements AutoCloseable {
    private static final int MAX_LINKS = 40;
    private static final int MAX_COMPONENTS = 1_000;
    private static final byte[] OPAQUE =
            "trusted.overlay.opaque".getBytes(StandardCharsets.US_ASCII);

    private final FileCalls calls;
    private final List<Path> layers;
    private final List<Fd> opened = new ArrayList<>();

    LayeredLookup(FileCalls calls, List<Path> lowerTopFirst) {
        this.calls = calls;
        this.layers = lowerTopFirst;
    }

    /** What a name is in the stack. */
    private sealed interface Entry {
        record Missing() implements Entry {}

        /** Its directories, topmost first. */
        record Directory(List<Fd> stack) implements Entry {}

        record Link(String target) implements Entry {}

        record File(Fd parent, String name, FileStat stat) implements Entry {}
    }

    Optional<byte[]> read(String path, int maxBytes) throws SyscallException {
        Deque<List<Fd>> parents = new ArrayDeque<>();
        Deque<String> rest = new ArrayDeque<>(components(path));
        List<Fd> here = roots();
        Entry entry = new Entry.Directory(here);
        int links = 0;
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (name.equals("..")) {
                here = parents.isEmpty() ? here : parents.pop();
                entry = new Entry.Directory(here);
                continue;
            }
            entry = look(here, name);
            switch (entry) {
                case Entry.Directory(List<Fd> stack) -> {
                    parents.push(here);
                    here = stack;
                }
                case Entry.Link(String target) -> {
                    if (++links > MAX_LINKS) {
                        throw refuse(path, "more than " + MAX_LINKS + " links lead to it");
                    }
                    if (target.startsWith("/")) {
                        parents.clear();
                        here = roots();
                    }
                    components(target).reversed().forEach(rest::push);
                    if (rest.size() > MAX_COMPONENTS) {
                        throw refuse(path, "its links lead too far");
                    }
                    entry = new Entry.Directory(here);
                }
                case Entry.File _, Entry.Missing _ -> {
                    if (!rest.isEmpty()) {
                        return Optional.empty();
                    }
                }
            }
        }
        return switch (entry) {
            case Entry.File(Fd parent, String name, FileStat stat) ->
                    Optional.of(content(path, parent, name, stat, maxBytes));
            case Entry.Missing _ -> Optional.empty();
            case Entry.Directory _, Entry.Link _ -> throw refuse(path, "it is a directory");
        };
    }

    private List<Fd> roots() throws SyscallException {
        List<Fd> roots = new ArrayList<>();
        for (Path layer : layers) {
            byte[] path = layer.toString().getBytes(StandardCharsets.UTF_8);
            roots.add(own(calls.openat2(FileCalls.HOST, path, OpenHow.HOST_DIRECTORY)));
        }
        return roots;
    }

    private Entry look(List<Fd> stack, String shown) throws SyscallException {
        byte[] name = shown.getBytes(StandardCharsets.ISO_8859_1);
        List<Fd> directories = new ArrayList<>();
        for (Fd layer : stack) {
            Optional<FileStat> found = stat(layer, name);
            if (found.isEmpty()) {
                continue;
            }
            FileStat stat = found.get();
            if (stat.isDirectory()) {
                Fd directory = own(calls.openat2(layer.number(), name, OpenHow.DIRECTORY_NO_LINKS));
                directories.add(directory);
                if (isOpaque(directory)) {
                    break;
                }
            } else if (!directories.isEmpty() || isWhiteout(stat)) {
                break;
            } else if (stat.type() == FileStat.S_IFLNK) {
                byte[] target = calls.readlinkat(layer.number(), name);
                return new Entry.Link(new String(target, StandardCharsets.ISO_8859_1));
            } else {
                return new Entry.File(layer, shown, stat);
            }
        }
        return directories.isEmpty() ? new Entry.Missing() : new Entry.Directory(directories);
    }

    private Optional<FileStat> stat(Fd directory, byte[] name) throws SyscallException {
        try {
            return Optional.of(calls.stat(directory.number(), name));
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ENAMETOOLONG)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private boolean isOpaque(Fd directory) {
        try {
            byte[] value = calls.fgetxattr(directory.number(), OPAQUE);
            return value.length == 1 && value[0] == 'y';
        } catch (SyscallException e) {
            return false; // ENODATA: the usual directory
        }
    }

    private static boolean isWhiteout(FileStat stat) {
        return stat.type() == FileStat.S_IFCHR && stat.rdev() == 0;
    }

    private byte[] content(String path, Fd parent, String shown, FileStat stat, int maxBytes)
            throws SyscallException {
        if (stat.type() != FileStat.S_IFREG) {
            throw refuse(path, "it is no regular file");
        }
        if (stat.size() > maxBytes) {
            throw refuse(path, "it is larger than " + maxBytes + " bytes");
        }
        byte[] name = shown.getBytes(StandardCharsets.ISO_8859_1);
        Fd file = own(calls.openat2(parent.number(), name, OpenHow.READ_NO_LINKS));
        ByteBuffer content = ByteBuffer.allocateDirect((int) stat.size());
        while (content.hasRemaining() && calls.read(file.number(), content) > 0) {
            // until the size or the end, whichever comes first
        }
        byte[] bytes = new byte[content.flip().remaining()];
        content.get(bytes);
        return bytes;
    }

    private static List<String> components(String path) {
        List<String> components = new ArrayList<>();
        for (String each : path.split("/", -1)) {
            if (!each.isEmpty() && !each.equals(".")) {
                components.add(each);
            }
        }
        return components;
    }

    private static CarafeException.Invalid refuse(String path, String why) {
        return new CarafeException.Invalid(
                "the image's %s cannot be read: %s".formatted(path, why));
    }

    private Fd own(int number) {
        Fd fd = new Fd(calls, number);
        opened.add(fd);
        return fd;
    }

    @Override
    public void close() {
        opened.forEach(Fd::close);
    }
}
