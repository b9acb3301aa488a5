package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.image.snapshot.KnownSums;
import carafe.image.snapshot.Metadata;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileTime;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RootDir;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finishes a layer whose tar has been read, once the layers below it are finished: hard links whose
 * target is in a lower layer bring that file up, as overlayfs would; directories that were only
 * implied look as they do below; whiteouts that hide nothing go; last, directories get their times.
 * Not thread-safe.
 */
final class SettleLayer {
    private final FileCalls calls;
    private final RootDir root;
    private final Journal journal;
    private final Journal links;
    private final FreeSpace space;
    private final KnownSums sums;
    private final OverlayMarks marks;
    private final LowerView lower;
    private final LowerView all;
    private final Below below;

    /**
     * What a layer stands on.
     *
     * @param root root directory of the next lower layer that has one of its own; null when there
     *     is none, or when nobody asks
     * @param visibleTopFirst layers that shine through; none when this layer hides them all
     */
    record Below(@Nullable RootDir root, List<RootDir> visibleTopFirst) {
        Below {
            visibleTopFirst = List.copyOf(visibleTopFirst);
        }

        /** For a layer that does not look below. */
        static final Below NOTHING = new Below(null, List.of());

        /** For a layer that hides them all. */
        Below hidden() {
            return new Below(root, List.of());
        }
    }

    /**
     * @param root the layer's own root, lent
     * @param below finished layers below it, lent
     */
    SettleLayer(FileCalls calls, RootDir root, Notes notes, FreeSpace space, Below below) {
        this.calls = calls;
        this.root = root;
        this.journal = notes.rest();
        this.links = notes.links();
        this.space = space;
        this.sums = notes.sums();
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
            LowerCopy copy = new LowerCopy(calls, space, sums);
            new SettleLinks(calls, root, all, lower, copy).run(tree, links);
        }
        // Taking a whiteout away changes its directory's time, which the next pass sets.
        journal.replay(
                new Journal.Reader() {
                    @Override
                    public void whiteout(byte[] path) throws SyscallException {
                        settleWhiteout(path);
                    }
                });
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

    /**
     * Takes a whiteout away that hides nothing. overlayfs lists it, though it cannot be opened,
     * when its directory is in no lower layer or hides them.
     */
    private void settleWhiteout(byte[] path) throws SyscallException {
        byte[] name = EntryPath.name(path);
        try (Fd parent = root.open(SettleLinks.parentOrDot(path), OpenHow.DIRECTORY_IN_ROOT)) {
            if (calls.stat(parent.number(), name).isWhiteout() && !hides(path)) {
                calls.unlinkat(parent.number(), name, 0);
            }
        } catch (SyscallException e) {
            ignoreReplaced(e);
        }
    }

    private boolean hides(byte[] path) throws SyscallException {
        try (LowerView.Found found = all.findBelow(path)) {
            return found != null;
        }
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
        try (LowerView.Found found = all.findBelow(path)) {
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
    static void ignoreReplaced(SyscallException e) throws SyscallException {
        if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP)) {
            throw e;
        }
    }
}
