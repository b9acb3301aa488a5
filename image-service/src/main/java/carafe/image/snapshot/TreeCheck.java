package carafe.image.snapshot;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.RootDir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares a layer on disk with what was recorded when it was unpacked. Reads every byte of it
 * once; memory is bounded. Not thread-safe; used once, on a platform thread.
 */
public final class TreeCheck {
    private final FileCalls calls;
    private final Layer layer;
    private final BiConsumer<String, String> findings;
    private final TreeEntry.Reader reader;
    private RecordedTree.@Nullable Directory next;
    private long files;

    /**
     * @param findings receives the escaped path of what is not as it was, and what is wrong
     */
    public TreeCheck(FileCalls calls, Layer layer, BiConsumer<String, String> findings) {
        this.calls = calls;
        this.layer = layer;
        this.findings = findings;
        this.reader = new TreeEntry.Reader(calls, new KnownSums());
    }

    /** How far a layer could be proven. */
    public enum Outcome {
        /** Compared with its record; what differs was told. */
        COMPARED,
        /** Unpacked by a version without records, or with too many names to be recorded. */
        NOT_RECORDED
    }

    /** Bytes of files read. */
    public long readBytes() {
        return reader.readBytes();
    }

    /** Files, directories and the rest seen. */
    public long files() {
        return files;
    }

    /**
     * @throws InterruptedException when the caller has lost interest
     */
    public Outcome run() throws InterruptedException {
        try (RootDir dir = RootDir.open(calls, layer.fs().resolveSibling("."));
                RootDir fs = RootDir.open(calls, layer.fs())) {
            if (layer.tree().isEmpty()) {
                return Outcome.NOT_RECORDED;
            }
            compare(dir, fs);
        } catch (SyscallException e) {
            findings.accept("/", "cannot be read: " + e.getMessage());
        }
        return Outcome.COMPARED;
    }

    private void compare(RootDir dir, RootDir fs) throws SyscallException, InterruptedException {
        try (RecordedTree recorded = RecordedTree.open(calls, dir)) {
            next = recorded.next();
            new TreeWalk(calls, fs).run(new Comparison(recorded));
            while (next != null) {
                next = recorded.next();
            }
            if (!recorded.digest().equals(layer.tree())) {
                findings.accept("/", "the layer's own record is damaged");
            }
        } catch (TreeWalk.TooManyNames e) {
            findings.accept("/", "there is more than was unpacked: " + e.getMessage());
        } catch (DamagedRecord e) {
            findings.accept("/", "the layer's own record is damaged: " + e.getMessage());
        } catch (SyscallException e) {
            throw e;
        } catch (IOException e) {
            findings.accept("/", "the layer's own record is damaged: " + e.getMessage());
        }
    }

    /** Carries a record's failure out of the walk. */
    private static final class DamagedRecord extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DamagedRecord(IOException why) {
            super(why.getMessage(), why);
        }
    }

    private final class Comparison implements TreeWalk.Visitor {
        private final RecordedTree recorded;

        Comparison(RecordedTree recorded) {
            this.recorded = recorded;
        }

        @Override
        public List<byte[]> directory(byte[] path, int fd, List<byte[]> names)
                throws SyscallException, InterruptedException {
            Map<String, TreeEntry> expected = expected(path);
            List<byte[]> inside = new ArrayList<>();
            Set<String> seen = new HashSet<>();
            if (path.length == 0) {
                compare(path, reader.self(fd), expected, seen);
            }
            for (byte[] name : names) {
                TreeEntry entry = entry(path, fd, name);
                if (entry == null) {
                    seen.add(TreeEntry.escape(name));
                    continue;
                }
                TreeEntry before = compare(path, entry, expected, seen);
                if (entry.isDirectory() && before != null && before.isDirectory()) {
                    inside.add(name);
                }
            }
            expected.keySet().stream()
                    .filter(name -> !seen.contains(name))
                    .forEach(name -> findings.accept(shown(path, name), "is missing"));
            return inside;
        }

        /** What was recorded of a directory. Those that are gone are missing in their parent's. */
        private Map<String, TreeEntry> expected(byte[] path) {
            try {
                RecordedTree.Directory found = next;
                while (found != null && TreeWalk.compare(found.path(), path) < 0) {
                    found = recorded.next();
                }
                boolean here = found != null && TreeWalk.compare(found.path(), path) == 0;
                next = here ? recorded.next() : found;
                return here && found != null ? found.entries() : Map.of();
            } catch (IOException e) {
                throw new DamagedRecord(e);
            }
        }

        private @Nullable TreeEntry entry(byte[] path, int fd, byte[] name)
                throws SyscallException, InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException("verify a layer");
            }
            files++;
            try {
                return reader.read(fd, name);
            } catch (SyscallException e) {
                if (e.is(Errno.EMFILE) || e.is(Errno.ENFILE) || e.is(Errno.ENOMEM)) {
                    throw e;
                }
                findings.accept(
                        shown(path, TreeEntry.escape(name)), "cannot be read: " + e.getMessage());
                return null;
            }
        }

        private @Nullable TreeEntry compare(
                byte[] path, TreeEntry entry, Map<String, TreeEntry> expected, Set<String> seen) {
            seen.add(entry.name());
            TreeEntry before = expected.get(entry.name());
            if (before == null) {
                findings.accept(shown(path, entry.name()), "was not unpacked");
            } else if (!before.facts().equals(entry.facts())) {
                findings.accept(
                        shown(path, entry.name()), "differs in " + before.difference(entry));
            }
            return before;
        }

        @Override
        public void unreadable(byte[] path, SyscallException why) {
            findings.accept("/" + TreeEntry.escape(path), "cannot be read: " + why.getMessage());
        }

        private static String shown(byte[] path, String name) {
            String parent = path.length == 0 ? "/" : "/" + TreeEntry.escape(path) + "/";
            return name.equals(".") ? parent : parent + name;
        }
    }
}
