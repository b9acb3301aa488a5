package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.image.snapshot.Metadata;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.FileTime;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finishes a layer whose tar has been read, once the layers below it are finished: hard links whose
 * target is in a lower layer bring that file up, as overlayfs would; directories that were only
 * implied look as they do below; last, directories get their times. Not thread-safe.
 */
final class SettleLayer {
    private static final int BUFFER_BYTES = 128 * 1024;

    private final FileCalls calls;
    private final RootDir root;
    private final Journal journal;
    private final FreeSpace space;
    private final OverlayMarks marks;
    private final LowerView lower;
    private final LowerView all;
    private final Below below;

    /**
     * What a layer stands on.
     *
     * @param root root directory of the next lower layer; null for the lowest
     * @param visibleTopFirst layers that shine through; none when this layer hides them all
     */
    record Below(@Nullable RootDir root, List<RootDir> visibleTopFirst) {
        Below {
            visibleTopFirst = List.copyOf(visibleTopFirst);
        }
    }

    /**
     * @param root the layer's own root, lent
     * @param below finished layers below it, lent
     */
    SettleLayer(FileCalls calls, RootDir root, Journal journal, FreeSpace space, Below below) {
        this.calls = calls;
        this.root = root;
        this.journal = journal;
        this.space = space;
        this.marks = new OverlayMarks(calls);
        this.below = below;
        this.lower = new LowerView(calls, below.visibleTopFirst());
        List<RootDir> withOwn = new ArrayList<>();
        withOwn.add(root);
        withOwn.addAll(below.visibleTopFirst());
        this.all = new LowerView(calls, withOwn);
    }

    /**
     * @throws CarafeException.Invalid when a hard link's target is nowhere
     */
    void run() throws SyscallException {
        try (LayerTree tree = new LayerTree(calls, root, journal, space)) {
            List<byte[][]> links = new ArrayList<>();
            journal.replay(
                    new Journal.Reader() {
                        @Override
                        public void link(byte[] path, byte[] target) {
                            links.add(new byte[][] {path, target});
                        }
                    });
            for (byte[][] link : links) {
                link(tree, link[0], link[1]);
            }
        }
        journal.replay(
                new Journal.Reader() {
                    @Override
                    public void implied(byte[] path) throws SyscallException {
                        settleImplied(path);
                    }
                });
        journal.replay(
                new Journal.Reader() {
                    @Override
                    public void directoryTime(byte[] path, FileTime time) throws SyscallException {
                        setTime(path, time);
                    }
                });
    }

    private void link(LayerTree tree, byte[] path, byte[] target) throws SyscallException {
        byte[] name = EntryPath.name(path);
        if (tree.statOrNull(tree.directory(EntryPath.parent(path)), name) != null) {
            return; // a later entry took the name
        }
        try (LowerView.Found found = all.find(target)) {
            if (found == null) {
                throw new CarafeException.Invalid(
                        "%s is a hard link to %s, which neither this layer nor a lower one has"
                                .formatted(RawNames.show(path), RawNames.show(target)));
            }
            if (found.stat().isDirectory()) {
                throw new CarafeException.Invalid(
                        RawNames.show(path) + ": a hard link to a directory");
            }
            bringUp(tree, found, target);
        }
        tree.forget();
        try (Fd from = root.open(parentOrDot(target), OpenHow.DIRECTORY_IN_ROOT)) {
            int to = tree.directory(EntryPath.parent(path));
            calls.linkat(from.number(), EntryPath.name(target), to, name);
        }
    }

    private static byte[] parentOrDot(byte[] path) {
        byte[] parent = EntryPath.parent(path);
        return parent.length == 0 ? RawNames.of(".") : parent;
    }

    /** Copies a lower layer's file to the same place in this layer, unless it is there already. */
    private void bringUp(LayerTree tree, LowerView.Found found, byte[] target)
            throws SyscallException {
        int parent = tree.directory(EntryPath.parent(target));
        byte[] name = EntryPath.name(target);
        FileStat own = tree.statOrNull(parent, name);
        if (own != null) {
            return;
        }
        FileStat stat = found.stat();
        space.charge(stat.isRegular() ? stat.size() : 0);
        int from = found.parent().number();
        if (stat.isRegular()) {
            copyFile(from, found.name(), parent, name);
        } else if (stat.isSymlink()) {
            calls.symlinkat(calls.readlinkat(from, found.name()), parent, name);
            calls.fchownat(parent, name, stat.uid(), stat.gid());
            calls.utimensat(parent, name, stat.modified());
        } else {
            copyNode(stat, parent, name);
        }
    }

    private void copyFile(int fromDir, byte[] fromName, int toDir, byte[] toName)
            throws SyscallException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (Fd from = new Fd(calls, calls.openat2(fromDir, fromName, OpenHow.READ_NO_LINKS));
                Fd to = new Fd(calls, calls.openat2(toDir, toName, OpenHow.CREATE))) {
            while (calls.read(from.number(), buffer) > 0) {
                calls.write(to.number(), buffer.flip());
                buffer.clear();
            }
            Metadata.copy(calls, from.number(), to.number());
        }
    }

    private void copyNode(FileStat stat, int parent, byte[] name) throws SyscallException {
        calls.mknodat(parent, name, stat.type() | 0600, stat.rdev());
        calls.fchownat(parent, name, stat.uid(), stat.gid());
        try (Fd handle = new Fd(calls, calls.openat2(parent, name, OpenHow.HANDLE_NO_LINKS))) {
            calls.chmodHandle(handle.number(), stat.permissions());
        }
        calls.utimensat(parent, name, stat.modified());
    }

    private void settleImplied(byte[] path) throws SyscallException {
        try (Fd own = root.open(path, OpenHow.DIRECTORY_NO_LINKS)) {
            if (!marks.isImplied(own.number())) {
                return;
            }
            copyFromBelow(path, own.number());
            marks.clearImplied(own.number());
        } catch (SyscallException e) {
            ignoreReplaced(e);
        }
    }

    private void copyFromBelow(byte[] path, int own) throws SyscallException {
        if (path.length == 0) {
            if (below.root() == null) {
                calls.futimens(own, FileTime.EPOCH);
            } else {
                Metadata.copy(calls, below.root().fd(), own);
            }
            return;
        }
        try (LowerView.Found found = lower.find(path)) {
            if (found == null || !found.stat().isDirectory()) {
                calls.futimens(own, FileTime.EPOCH);
                return;
            }
            int fd =
                    calls.openat2(
                            found.parent().number(), found.name(), OpenHow.DIRECTORY_NO_LINKS);
            try (Fd directory = new Fd(calls, fd)) {
                Metadata.copy(calls, directory.number(), own);
            }
        }
    }

    private void setTime(byte[] path, FileTime time) throws SyscallException {
        try (Fd own = root.open(path, OpenHow.DIRECTORY_IN_ROOT)) {
            calls.futimens(own.number(), time);
        } catch (SyscallException e) {
            ignoreReplaced(e);
        }
    }

    /** The directory was replaced by a later entry: there is nothing left to finish. */
    private static void ignoreReplaced(SyscallException e) throws SyscallException {
        if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP)) {
            throw e;
        }
    }
}
