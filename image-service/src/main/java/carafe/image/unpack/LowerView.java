package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What overlayfs would show of a stack of layers, for single paths and without a mount. Names are
 * looked up component by component: a whiteout or anything but a directory ends the search further
 * down, an opaque directory is the last one. Not thread-safe; the roots are lent.
 */
final class LowerView {
    private static final int MAX_LINKS = 40;

    private final FileCalls calls;
    private final List<RootDir> topFirst;
    private final OverlayMarks marks;

    LowerView(FileCalls calls, List<RootDir> topFirst) {
        this.calls = calls;
        this.topFirst = List.copyOf(topFirst);
        this.marks = new OverlayMarks(calls);
    }

    /**
     * Something found: the directory it is in, within one layer, its name there and its state.
     *
     * @param parent to be closed by the finder
     * @param layer 0 for the topmost
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Found(Fd parent, byte[] name, FileStat stat, int layer) implements AutoCloseable {
        @Override
        public void close() {
            parent.close();
        }
    }

    /** A directory as one layer has it. */
    private record Part(Fd fd, int layer) {}

    /**
     * Looks a path up.
     *
     * @param path in its one form, not the root; links on the way are followed inside the view, a
     *     link at the end is found itself
     * @return null when there is nothing
     */
    @Nullable Found find(byte[] path) throws SyscallException {
        List<Part> parents = directory(EntryPath.parent(path));
        try {
            return found(parents, EntryPath.name(path));
        } finally {
            close(parents);
        }
    }

    /**
     * What would be seen at that path if the topmost layer did not have the name itself; the
     * directories above it count as that layer has them.
     */
    @Nullable Found findBelow(byte[] path) throws SyscallException {
        List<Part> parents = directory(EntryPath.parent(path));
        try {
            List<Part> lower = parents.stream().filter(part -> part.layer() > 0).toList();
            return found(lower, EntryPath.name(path));
        } finally {
            close(parents);
        }
    }

    private @Nullable Found found(List<Part> parents, byte[] name) throws SyscallException {
        Level level = look(parents, name);
        close(level.directories);
        FileStat stat = level.stat;
        Part part = level.part;
        if (stat == null || part == null) {
            return null;
        }
        int again = calls.openat2(part.fd().number(), RawNames.of("."), OpenHow.DIRECTORY_NO_LINKS);
        return new Found(new Fd(calls, again), name, stat, part.layer());
    }

    /** The parts of a merged directory, topmost first; none when there is no such directory. */
    private List<Part> directory(byte[] path) throws SyscallException {
        Deque<byte[]> rest = new ArrayDeque<>(EntryPath.split(path));
        List<byte[]> walked = new ArrayList<>();
        List<Part> at = roots();
        int links = 0;
        while (!rest.isEmpty()) {
            byte[] name = rest.remove();
            List<Part> above = at;
            at = List.of();
            Level level;
            try {
                level = look(above, name);
            } finally {
                close(above);
            }
            at = level.directories;
            walked.add(name);
            if (level.link != null) {
                if (++links > MAX_LINKS) {
                    throw new CarafeException.Invalid(
                            RawNames.show(path) + ": too many links in the path");
                }
                walked.removeLast();
                rest = followed(walked, level.link, rest);
                walked.clear();
                at = roots();
            }
        }
        return at;
    }

    private static Deque<byte[]> followed(List<byte[]> walked, byte[] target, Deque<byte[]> rest) {
        boolean absolute = target.length > 0 && target[0] == '/';
        byte[] to = absolute ? target : RawNames.join(EntryPath.join(walked), target);
        byte[] whole = RawNames.join(to, EntryPath.join(List.copyOf(rest)));
        return new ArrayDeque<>(EntryPath.split(EntryPath.clean(whole)));
    }

    private List<Part> roots() throws SyscallException {
        List<Part> roots = new ArrayList<>();
        try {
            for (RootDir root : topFirst) {
                Fd fd = root.open(EntryPath.ROOT, OpenHow.DIRECTORY_NO_LINKS);
                roots.add(new Part(fd, roots.size()));
            }
            return roots;
        } catch (SyscallException e) {
            close(roots);
            throw e;
        }
    }

    /** What one name means in a merged directory. */
    private static final class Level {
        private final List<Part> directories = new ArrayList<>();
        private byte @Nullable [] link;
        private @Nullable FileStat stat;
        private @Nullable Part part;
    }

    private Level look(List<Part> parents, byte[] name) throws SyscallException {
        Level level = new Level();
        try {
            for (Part parent : parents) {
                if (!lookIn(parent, name, level)) {
                    return level;
                }
            }
            return level;
        } catch (SyscallException e) {
            close(level.directories);
            throw e;
        }
    }

    /** Returns whether layers further down count too. */
    private boolean lookIn(Part parent, byte[] name, Level level) throws SyscallException {
        FileStat there;
        try {
            there = calls.stat(parent.fd().number(), name);
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT)) {
                return true;
            }
            throw e;
        }
        if (there.isWhiteout()) {
            return false;
        }
        boolean first = level.stat == null;
        if (first) {
            level.stat = there;
            level.part = parent;
        }
        if (!there.isDirectory()) {
            if (first && there.isSymlink()) {
                level.link = calls.readlinkat(parent.fd().number(), name);
            }
            return false;
        }
        int directory = calls.openat2(parent.fd().number(), name, OpenHow.DIRECTORY_NO_LINKS);
        level.directories.add(new Part(new Fd(calls, directory), parent.layer()));
        return !marks.isOpaque(directory);
    }

    private static void close(List<Part> parts) {
        parts.forEach(part -> part.fd().close());
    }
}
