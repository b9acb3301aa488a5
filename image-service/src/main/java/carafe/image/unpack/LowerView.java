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
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Found(Fd parent, byte[] name, FileStat stat) implements AutoCloseable {
        @Override
        public void close() {
            parent.close();
        }
    }

    /**
     * Looks a path up.
     *
     * @param path in its one form, not the root; links on the way are followed inside the view, a
     *     link at the end is found itself
     * @return null when there is nothing
     */
    @Nullable Found find(byte[] path) throws SyscallException {
        Deque<byte[]> rest = new ArrayDeque<>(EntryPath.split(path));
        List<byte[]> walked = new ArrayList<>();
        List<Fd> directories = roots();
        int links = 0;
        try {
            while (true) {
                byte[] name = rest.remove();
                Level level = look(directories, name);
                try {
                    if (rest.isEmpty()) {
                        return level.top(calls, directories, name);
                    }
                    if (level.link == null) {
                        if (level.directories.isEmpty()) {
                            return null;
                        }
                        List<Fd> done = directories;
                        directories = level.take();
                        close(done);
                        walked.add(name);
                        continue;
                    }
                } finally {
                    close(level.directories);
                }
                if (++links > MAX_LINKS) {
                    throw new CarafeException.Invalid(
                            RawNames.show(path) + ": too many links in the path");
                }
                rest = followed(walked, level.link, rest);
                walked.clear();
                close(directories);
                directories = List.of();
                if (rest.isEmpty()) {
                    return null;
                }
                directories = roots();
            }
        } finally {
            close(directories);
        }
    }

    private static Deque<byte[]> followed(List<byte[]> walked, byte[] target, Deque<byte[]> rest) {
        boolean absolute = target.length > 0 && target[0] == '/';
        byte[] to = absolute ? target : RawNames.join(EntryPath.join(walked), target);
        byte[] whole = RawNames.join(to, EntryPath.join(List.copyOf(rest)));
        return new ArrayDeque<>(EntryPath.split(EntryPath.clean(whole)));
    }

    private List<Fd> roots() throws SyscallException {
        List<Fd> roots = new ArrayList<>();
        try {
            for (RootDir root : topFirst) {
                roots.add(root.open(EntryPath.ROOT, OpenHow.DIRECTORY_NO_LINKS));
            }
            return roots;
        } catch (SyscallException e) {
            close(roots);
            throw e;
        }
    }

    /** What one name means in a merged directory. */
    private static final class Level {
        private List<Fd> directories = new ArrayList<>();
        private byte @Nullable [] link;
        private @Nullable FileStat stat;
        private int layer;

        List<Fd> take() {
            List<Fd> taken = directories;
            directories = List.of();
            return taken;
        }

        @Nullable Found top(FileCalls calls, List<Fd> parents, byte[] name)
                throws SyscallException {
            if (stat == null) {
                return null;
            }
            int again =
                    calls.openat2(
                            parents.get(layer).number(),
                            RawNames.of("."),
                            OpenHow.DIRECTORY_NO_LINKS);
            return new Found(new Fd(calls, again), name, stat);
        }
    }

    private Level look(List<Fd> parents, byte[] name) throws SyscallException {
        Level level = new Level();
        try {
            for (int i = 0; i < parents.size(); i++) {
                if (!lookIn(parents.get(i).number(), name, level, i)) {
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
    private boolean lookIn(int parent, byte[] name, Level level, int layer)
            throws SyscallException {
        FileStat there;
        try {
            there = calls.stat(parent, name);
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
            level.layer = layer;
        }
        if (!there.isDirectory()) {
            if (first && there.isSymlink()) {
                level.link = calls.readlinkat(parent, name);
            }
            return false;
        }
        int directory = calls.openat2(parent, name, OpenHow.DIRECTORY_NO_LINKS);
        level.directories.add(new Fd(calls, directory));
        return !marks.isOpaque(directory);
    }

    private static void close(List<Fd> directories) {
        directories.forEach(Fd::close);
    }
}
