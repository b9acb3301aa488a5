package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.image.snapshot.ContentSum;
import carafe.image.snapshot.KnownSums;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.FileTime;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/**
 * Puts the entries of one layer's tar into the layer's directory. Later entries replace earlier
 * ones of the same name, whatever their types; a directory stays and takes the new metadata. All
 * work is relative to descriptors inside the root. Not thread-safe; one thread per layer.
 */
final class LayerWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = Chunk.BYTES;
    private static final byte[] SELF = {};

    /** Without setuid, setgid and sticky, which a file gets when it has its owner and content. */
    private static final int PERMISSIONS = 0777;

    private final FileCalls calls;
    private final RootDir root;
    private final Journal journal;
    private final Journal links;
    private final FreeSpace space;
    private final KnownSums sums;
    private final LayerTree tree;
    private final OverlayMarks marks;
    private final EntryMetadata metadata;
    private final Whiteouts whiteouts;
    private final PendingLinks pending;
    private final Arena memory = Arena.ofConfined();
    private boolean impliesRoot = true;
    private final ByteBuffer buffer = memory.allocate(BUFFER_BYTES).asByteBuffer();

    /**
     * @param root the layer's empty root directory, lent
     * @param notes lent; settled by the caller when all entries are written
     */
    LayerWriter(FileCalls calls, RootDir root, Notes notes, FreeSpace space)
            throws SyscallException {
        this.calls = calls;
        this.root = root;
        this.journal = notes.rest();
        this.links = notes.links();
        this.space = space;
        this.sums = notes.sums();
        this.tree = new LayerTree(calls, root, notes.rest(), space);
        this.marks = new OverlayMarks(calls);
        this.metadata = new EntryMetadata(calls);
        this.whiteouts = new Whiteouts(calls, tree, notes.rest());
        this.pending = new PendingLinks(calls, root);
        calls.fchmod(root.fd(), 0755);
        tree.markImplied(root.fd(), EntryPath.ROOT);
    }

    /** Whether no entry says what the root directory looks like. */
    boolean impliesRoot() {
        return impliesRoot;
    }

    /** Whether the layer hides everything below it. */
    boolean opaqueRoot() {
        return whiteouts.opaqueRoot();
    }

    /**
     * Writes one entry.
     *
     * @throws CarafeException.Invalid when the entry cannot be what it says
     * @throws SyscallException when the disk is at fault
     */
    void write(TarEntry entry, TarReader reader) throws IOException, InterruptedException {
        byte[] path = EntryPath.clean(entry.name());
        try {
            if (whiteouts.concerns(path)) {
                whiteouts.apply(path);
            } else if (path.length == 0) {
                writeRoot(entry);
            } else {
                make(entry, path, reader);
            }
        } catch (SyscallException e) {
            throw blame(entry, e);
        }
    }

    /** Errors that the entry itself causes are the layer's fault, the rest the machine's. */
    private static IOException blame(TarEntry entry, SyscallException e) {
        return switch (e.errno()) {
            case Errno.E2BIG,
                    Errno.ENAMETOOLONG,
                    Errno.EINVAL,
                    Errno.ELOOP,
                    Errno.ENOTDIR,
                    Errno.EISDIR,
                    Errno.ENOENT,
                    Errno.EMLINK,
                    Errno.EFBIG,
                    Errno.ERANGE ->
                    throw new CarafeException.Invalid(
                            "entry %s: %s".formatted(entry.shown(), e.getMessage()), e);
            default -> e;
        };
    }

    private void writeRoot(TarEntry entry) throws SyscallException {
        if (entry.type() != TarEntry.Type.DIRECTORY) {
            throw new CarafeException.Invalid(
                    "entry \"%s\": the root can only be a directory".formatted(entry.shown()));
        }
        marks.clearImplied(root.fd());
        impliesRoot = false;
        metadata.apply(root.fd(), entry);
        journal.directoryTime(EntryPath.ROOT, entry.modified());
    }

    private void make(TarEntry entry, byte[] path, TarReader reader)
            throws IOException, InterruptedException {
        switch (entry.type()) {
            case DIRECTORY -> directory(entry, path);
            case REGULAR -> regular(entry, path, reader);
            case HARDLINK -> hardlink(entry, path);
            case SYMLINK, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> node(entry, path);
        }
    }

    private void directory(TarEntry entry, byte[] path) throws SyscallException {
        byte[] name = EntryPath.name(path);
        int parent = tree.directory(EntryPath.parent(path));
        FileStat old = tree.statOrNull(parent, name);
        boolean replaces = old != null && !old.isDirectory();
        if (replaces) {
            tree.remove(EntryPath.parent(path), name);
            parent = tree.directory(EntryPath.parent(path));
        }
        if (old == null || replaces) {
            space.charge(1);
            calls.mkdirat(parent, name, 0700);
        }
        Fd made = tree.open(parent, name);
        int fd = tree.remember(path, made);
        if (replaces) {
            // What it replaces had replaced the lower layers' directory: nothing of that returns.
            marks.setOpaque(fd);
        } else if (old != null) {
            marks.clearImplied(fd);
        }
        metadata.apply(fd, entry);
        journal.directoryTime(path, entry.modified());
    }

    private void regular(TarEntry entry, byte[] path, TarReader reader)
            throws IOException, InterruptedException {
        space.charge(entry.size());
        ContentSum sum = new ContentSum();
        try (Fd file = create(path, OpenHow.CREATE.withMode(entry.mode() & PERMISSIONS))) {
            FileStat made = calls.stat(file.number(), SELF);
            reader.content((data, offset, length) -> {
                sum.update(data, offset, length);
                buffer.clear().put(data, offset, length).flip();
                calls.write(file.number(), buffer);
            });
            metadata.complete(file.number(), entry, made);
            calls.futimens(file.number(), entry.modified());
            sums.put(made.inode(), sum.value());
        }
    }

    /**
     * Writes the one file of an artifact: root's, readable by all, as old as time.
     *
     * @param name as its author titled it
     * @throws CarafeException.Invalid when that leads nowhere
     */
    void writeFile(byte[] name, long size, ChunkSource content)
            throws SyscallException, InterruptedException {
        byte[] path = EntryPath.clean(name);
        if (path.length == 0) {
            throw new CarafeException.Invalid(
                    "an artifact's file is titled \"%s\"".formatted(RawNames.show(name)));
        }
        space.charge(size);
        ContentSum sum = new ContentSum();
        try (Fd file = create(path)) {
            for (Chunk chunk = content.next(); chunk != null; chunk = content.next()) {
                sum.update(chunk.data, 0, chunk.length);
                buffer.clear().put(chunk.data, 0, chunk.length).flip();
                calls.write(file.number(), buffer);
            }
            calls.fchown(file.number(), 0, 0);
            calls.fchmod(file.number(), 0444);
            calls.futimens(file.number(), FileTime.EPOCH);
            sums.put(calls.stat(file.number(), SELF).inode(), sum.value());
        }
    }

    private Fd create(byte[] path) throws SyscallException {
        return create(path, OpenHow.CREATE);
    }

    private Fd create(byte[] path, OpenHow how) throws SyscallException {
        byte[] name = EntryPath.name(path);
        int parent = tree.directory(EntryPath.parent(path));
        try {
            return new Fd(calls, calls.openat2(parent, name, how));
        } catch (SyscallException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        tree.remove(EntryPath.parent(path), name);
        parent = tree.directory(EntryPath.parent(path));
        return new Fd(calls, calls.openat2(parent, name, how));
    }

    private void node(TarEntry entry, byte[] path) throws SyscallException {
        space.charge(0);
        byte[] name = EntryPath.name(path);
        clear(path);
        int parent = tree.directory(EntryPath.parent(path));
        switch (entry.type()) {
            case SYMLINK -> {
                tree.forget();
                parent = tree.directory(EntryPath.parent(path));
                calls.symlinkat(entry.link(), parent, name);
            }
            case CHARACTER_DEVICE -> {
                if (entry.device() == 0) {
                    throw new CarafeException.Invalid(
                            "entry %s: a character device 0:0 would hide a file of a lower layer"
                                    .formatted(entry.shown()));
                }
                calls.mknodat(parent, name, FileStat.S_IFCHR | 0600, entry.device());
            }
            case BLOCK_DEVICE ->
                    calls.mknodat(parent, name, FileStat.S_IFBLK | 0600, entry.device());
            case FIFO -> calls.mknodat(parent, name, FileStat.S_IFIFO | 0600, 0);
            case REGULAR, DIRECTORY, HARDLINK -> throw new IllegalStateException("not a node");
        }
        metadata.applyToNode(parent, name, entry);
    }

    /** Makes the name free. */
    private void clear(byte[] path) throws SyscallException {
        byte[] name = EntryPath.name(path);
        if (tree.statOrNull(tree.directory(EntryPath.parent(path)), name) != null) {
            tree.remove(EntryPath.parent(path), name);
        }
    }

    private void hardlink(TarEntry entry, byte[] path) throws SyscallException {
        byte[] target = EntryPath.clean(entry.link());
        if (target.length == 0) {
            throw new CarafeException.Invalid(
                    "entry %s: a hard link to the root".formatted(entry.shown()));
        }
        PendingLinks.Target source = pending.lookUp(target);
        if (source.stat() != null && source.stat().isDirectory()) {
            throw new CarafeException.Invalid(
                    "entry %s: a hard link to a directory".formatted(entry.shown()));
        }
        byte[] name = EntryPath.name(path);
        FileStat old = tree.statOrNull(tree.directory(EntryPath.parent(path)), name);
        if (old != null && source.stat() != null && old.sameFile(source.stat())) {
            return;
        }
        clear(path);
        if (source.stat() == null) {
            try (Fd place = create(path)) {
                pending.write(place.number(), source.path());
            }
            links.link(path, source.path());
            return;
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

    @Override
    public void close() {
        memory.close();
        tree.close();
    }
}
