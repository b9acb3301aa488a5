package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import org.jspecify.annotations.Nullable;

/**
 * Makes the hard links of a layer whose targets are in lower layers, in the order of the tar. A
 * link means what its target was when the tar came to it, whatever later entries did.
 */
final class SettleLinks {
    private final FileCalls calls;
    private final RootDir root;
    private final OverlayMarks marks;
    private final LowerView all;
    private final LowerView lower;
    private final LowerCopy copy;

    /**
     * @param root the layer's own root, lent
     * @param all this layer on top of the lower ones
     * @param lower the lower ones only
     */
    SettleLinks(FileCalls calls, RootDir root, LowerView all, LowerView lower, LowerCopy copy) {
        this.calls = calls;
        this.root = root;
        this.marks = new OverlayMarks(calls);
        this.all = all;
        this.lower = lower;
        this.copy = copy;
    }

    /**
     * @param tree makes directories that a file is brought up to
     * @throws CarafeException.Invalid when a target is nowhere
     */
    void run(LayerTree tree, Journal links) throws SyscallException {
        links.replay(
                new Journal.Reader() {
                    @Override
                    public void link(byte[] path, byte[] target) throws SyscallException {
                        settle(tree, path, target);
                    }
                });
    }

    private void settle(LayerTree tree, byte[] path, byte[] target) throws SyscallException {
        byte[] name = EntryPath.name(path);
        try (Fd parent = root.open(parentOrDot(path), OpenHow.DIRECTORY_IN_ROOT)) {
            if (!marks.isPending(parent.number(), name)) {
                return; // a later entry took the name
            }
            try (LowerView.Found visible = all.find(target)) {
                if (visible != null && visible.layer() > 0) {
                    refuseDirectory(visible, path);
                    shared(tree, visible, target, parent.number(), name);
                } else {
                    hidden(visible, path, target, parent.number());
                }
            }
        } catch (SyscallException e) {
            SettleLayer.ignoreReplaced(e);
        }
    }

    /**
     * The usual case: the lower layer's file is still seen at its own place. It is brought up
     * there, as overlayfs would do, so that all links to it share it.
     */
    private void shared(
            LayerTree tree, LowerView.Found found, byte[] target, int toDir, byte[] toName)
            throws SyscallException {
        try (Fd own = ownParent(tree, target)) {
            // Only now: until here the file that keeps the link's place is in the way of others.
            calls.unlinkat(toDir, toName, 0);
            if (own == null) {
                copy.copy(found, toDir, toName);
                return;
            }
            copy.copy(found, own.number(), EntryPath.name(target));
            calls.linkat(own.number(), EntryPath.name(target), toDir, toName);
        }
    }

    /** Later entries of this layer removed or replaced the target after it was linked to. */
    private void hidden(LowerView.@Nullable Found own, byte[] path, byte[] target, int toDir)
            throws SyscallException {
        byte[] name = EntryPath.name(path);
        try (LowerView.Found below = lower.find(target)) {
            if (below != null) {
                refuseDirectory(below, path);
                calls.unlinkat(toDir, name, 0);
                copy.copy(below, toDir, name);
                return;
            }
        }
        if (own == null || marks.isPending(own.parent().number(), own.name())) {
            throw new CarafeException.Invalid(
                    "%s is a hard link to %s, which neither this layer nor a lower one has"
                            .formatted(RawNames.show(path), RawNames.show(target)));
        }
        refuseDirectory(own, path);
        calls.unlinkat(toDir, name, 0);
        calls.linkat(own.parent().number(), own.name(), toDir, name);
    }

    private static void refuseDirectory(LowerView.Found found, byte[] path) {
        if (found.stat().isDirectory()) {
            throw new CarafeException.Invalid(RawNames.show(path) + ": a hard link to a directory");
        }
    }

    /**
     * The directory that a lower layer's file is brought up to, made if need be. Null when this
     * layer has a file or a link in the way.
     */
    private @Nullable Fd ownParent(LayerTree tree, byte[] target) throws SyscallException {
        byte[] parent = parentOrDot(target);
        try {
            return root.open(parent, OpenHow.DIRECTORY_NO_LINKS);
        } catch (SyscallException e) {
            SettleLayer.ignoreReplaced(e);
            if (!e.is(Errno.ENOENT)) {
                return null;
            }
        }
        tree.directory(EntryPath.parent(target));
        return root.open(parent, OpenHow.DIRECTORY_NO_LINKS);
    }

    static byte[] parentOrDot(byte[] path) {
        byte[] parent = EntryPath.parent(path);
        return parent.length == 0 ? RawNames.of(".") : parent;
    }
}
