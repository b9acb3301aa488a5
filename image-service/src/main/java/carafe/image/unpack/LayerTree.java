package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.FileTime;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import carafe.linux.fs.TreeDelete;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directories of one layer while it is unpacked. A parent directory is resolved by the kernel
 * inside the layer's root; what does not exist yet is made and noted as implied.
 *
 * <p>A few resolved parents stay open, by path. That is safe only because a new name cannot change
 * what an existing path leads to: whatever removes or replaces a name, and every new link, empties
 * the cache first (an optimisation without this rule was CVE-2025-47290). Not thread-safe; owns the
 * cached descriptors.
 */
final class LayerTree implements AutoCloseable {
    private static final int CACHED = 32;
    private static final int MAX_LINKS = 40;
    private static final int IMPLIED_MODE = 0755;

    private final FileCalls calls;
    private final RootDir root;
    private final Journal journal;
    private final FreeSpace space;
    private final OverlayMarks marks;
    private final Map<ByteBuffer, Fd> cache = new LinkedHashMap<>(16, 0.75f, true);

    LayerTree(FileCalls calls, RootDir root, Journal journal, FreeSpace space) {
        this.calls = calls;
        this.root = root;
        this.journal = journal;
        this.space = space;
        this.marks = new OverlayMarks(calls);
    }

    /**
     * The directory of that path, made if need be. Lent until the next call of any method.
     *
     * @param path in its one form, see {@link EntryPath}
     * @throws CarafeException.Invalid when something else than a directory is in the way
     */
    int directory(byte[] path) throws SyscallException {
        if (path.length == 0) {
            return root.fd();
        }
        Fd cached = cache.get(ByteBuffer.wrap(path));
        if (cached != null) {
            return cached.number();
        }
        return remember(path, openOrMake(path));
    }

    /** Keeps a directory that was just made or opened. */
    int remember(byte[] path, Fd directory) {
        Fd old = cache.put(ByteBuffer.wrap(path), directory);
        if (old != null) {
            old.close();
        }
        if (cache.size() > CACHED) {
            Iterator<Fd> eldest = cache.values().iterator();
            eldest.next().close();
            eldest.remove();
        }
        return directory.number();
    }

    /** To be called before a name is removed or replaced, and when a link is made. */
    void forget() {
        cache.values().forEach(Fd::close);
        cache.clear();
    }

    private Fd openOrMake(byte[] path) throws SyscallException {
        byte[] wanted = path;
        for (int links = 0; links < MAX_LINKS; links++) {
            try {
                return root.open(wanted, OpenHow.DIRECTORY_IN_ROOT);
            } catch (SyscallException e) {
                if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR)) {
                    throw e;
                }
            }
            byte[] elsewhere = make(wanted);
            if (elsewhere != null) {
                wanted = elsewhere;
            }
        }
        throw new CarafeException.Invalid(RawNames.show(path) + ": too many links in the path");
    }

    /**
     * Makes what is missing of a path, one component after the other.
     *
     * @return null when done, or the path to go on with because a component is a link
     */
    private byte @Nullable [] make(byte[] path) throws SyscallException {
        List<byte[]> parts = EntryPath.split(path);
        Fd parent = root.open(EntryPath.ROOT, OpenHow.DIRECTORY_NO_LINKS);
        try {
            for (int i = 0; i < parts.size(); i++) {
                byte[] name = parts.get(i);
                byte[] soFar = EntryPath.join(parts.subList(0, i + 1));
                FileStat there = statOrNull(parent.number(), name);
                if (there != null && there.isSymlink()) {
                    byte[] target = calls.readlinkat(parent.number(), name);
                    return follow(parts, i, target);
                }
                Fd child = step(parent.number(), name, soFar, there);
                parent.close();
                parent = child;
            }
            return null;
        } finally {
            parent.close();
        }
    }

    private static byte[] follow(List<byte[]> parts, int at, byte[] target) {
        byte[] before = EntryPath.join(parts.subList(0, at));
        byte[] behind = EntryPath.join(parts.subList(at + 1, parts.size()));
        boolean absolute = target.length > 0 && target[0] == '/';
        byte[] to = absolute ? target : RawNames.join(before, target);
        return EntryPath.clean(RawNames.join(to, behind));
    }

    private Fd step(int parentFd, byte[] name, byte[] soFar, @Nullable FileStat there)
            throws SyscallException {
        if (there == null) {
            return makeImplied(parentFd, name, soFar);
        }
        if (there.isWhiteout()) {
            // Removed below, then used again: a new directory that shows nothing of the old one.
            calls.unlinkat(parentFd, name, 0);
            return makeOpaque(parentFd, name, soFar);
        }
        if (!there.isDirectory()) {
            throw new CarafeException.Invalid(
                    RawNames.show(soFar) + ": is no directory, but an entry is to go below it");
        }
        return open(parentFd, name);
    }

    private Fd makeImplied(int parentFd, byte[] name, byte[] path) throws SyscallException {
        Fd made = makeDirectory(parentFd, name);
        try {
            markImplied(made.number(), path);
            return made;
        } catch (SyscallException e) {
            made.close();
            throw e;
        }
    }

    private Fd makeOpaque(int parentFd, byte[] name, byte[] path) throws SyscallException {
        Fd made = makeDirectory(parentFd, name);
        try {
            marks.setOpaque(made.number());
            journal.directoryTime(path, FileTime.EPOCH);
            return made;
        } catch (SyscallException e) {
            made.close();
            throw e;
        }
    }

    private Fd makeDirectory(int parentFd, byte[] name) throws SyscallException {
        space.charge(1);
        calls.mkdirat(parentFd, name, IMPLIED_MODE);
        Fd made = open(parentFd, name);
        try {
            calls.fchown(made.number(), 0, 0);
            calls.fchmod(made.number(), IMPLIED_MODE);
            return made;
        } catch (SyscallException e) {
            made.close();
            throw e;
        }
    }

    /** Notes that nothing but a deeper entry says that this directory exists. */
    void markImplied(int fd, byte[] path) throws SyscallException {
        marks.setImplied(fd);
        journal.implied(path);
    }

    Fd open(int parentFd, byte[] name) throws SyscallException {
        return new Fd(calls, calls.openat2(parentFd, name, OpenHow.DIRECTORY_NO_LINKS));
    }

    @Nullable FileStat statOrNull(int dirFd, byte[] name) throws SyscallException {
        try {
            return calls.stat(dirFd, name);
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT)) {
                return null;
            }
            throw e;
        }
    }

    /** Takes away a name of this layer with everything below it. */
    void remove(byte[] parent, byte[] name) throws SyscallException {
        forget();
        new TreeDelete(calls).delete(directory(parent), name);
    }

    @Override
    public void close() {
        forget();
    }
}
