package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.FileTime;
import carafe.linux.fs.RawNames;
import java.util.Arrays;

/**
 * Names that remove instead of adding (image-spec, layer, "Whiteouts"). They act on lower layers
 * only: what this layer has under that name stays, before or behind them in the tar.
 */
final class Whiteouts {
    private static final String PREFIX = ".wh.";
    private static final String META = ".wh..wh.";
    private static final String OPAQUE = ".wh..wh..opq";

    private final LayerTree tree;
    private final Journal journal;
    private final OverlayMarks marks;
    private boolean opaqueRoot;

    Whiteouts(FileCalls calls, LayerTree tree, Journal journal) {
        this.tree = tree;
        this.journal = journal;
        this.marks = new OverlayMarks(calls);
    }

    boolean opaqueRoot() {
        return opaqueRoot;
    }

    /** Whether a component of the path has a whiteout's name. */
    boolean concerns(byte[] path) {
        for (int i = 0; i + PREFIX.length() <= path.length; i++) {
            boolean begins = i == 0 || path[i - 1] == '/';
            if (begins
                    && EntryPath.startsWith(
                            Arrays.copyOfRange(path, i, i + PREFIX.length()), PREFIX)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Carries a whiteout out. Bookkeeping of old storage drivers (other names that begin with
     * ".wh..wh.", and what is below them) is dropped.
     *
     * @throws CarafeException.Invalid when it names nothing that can be removed
     */
    void apply(byte[] path) throws SyscallException {
        byte[] parent = EntryPath.parent(path);
        for (byte[] part : EntryPath.split(parent)) {
            if (EntryPath.startsWith(part, META)) {
                return;
            }
            if (EntryPath.startsWith(part, PREFIX)) {
                throw new CarafeException.Invalid(
                        RawNames.show(path) + ": a whiteout is used as a directory");
            }
        }
        byte[] name = EntryPath.name(path);
        if (Arrays.equals(name, RawNames.of(OPAQUE))) {
            opaque(parent);
        } else if (!EntryPath.startsWith(name, META)) {
            remove(parent, Arrays.copyOfRange(name, PREFIX.length(), name.length), path);
        }
    }

    private void opaque(byte[] directory) throws SyscallException {
        if (directory.length == 0) {
            // overlayfs does not look for the mark on a layer's root.
            opaqueRoot = true;
            return;
        }
        marks.setOpaque(tree.directory(directory));
    }

    private void remove(byte[] parent, byte[] name, byte[] path) throws SyscallException {
        String text = RawNames.show(name);
        if (text.isEmpty() || text.equals(".") || text.equals("..")) {
            throw new CarafeException.Invalid(
                    RawNames.show(path) + ": a whiteout needs the name of what it removes");
        }
        int dir = tree.directory(parent);
        FileStat there = tree.statOrNull(dir, name);
        if (there == null) {
            marks.whiteout(dir, name);
            journal.whiteout(RawNames.join(parent, name));
        } else if (there.isDirectory()) {
            try (Fd kept = tree.open(dir, name)) {
                marks.setOpaque(kept.number());
                if (marks.isImplied(kept.number())) {
                    marks.clearImplied(kept.number());
                    journal.directoryTime(RawNames.join(parent, name), FileTime.EPOCH);
                }
            }
        }
    }
}
