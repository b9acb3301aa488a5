package carafe.linux.cgroup;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A made-up cgroup machine: directories get the files that the kernel would give them, every change
 * is written down, and call n can be made to fail.
 */
final class FakeCgroupFiles implements CgroupFiles {
    private final TreeSet<Path> directories = new TreeSet<>();
    private final TreeMap<Path, String> files = new TreeMap<>();
    private final Map<Path, Map<String, String>> born = new HashMap<>();
    private final Map<Path, Integer> refusals = new HashMap<>();
    private final List<String> changes = new ArrayList<>();
    private final List<Path> askedFor = new ArrayList<>();
    private int failAt = -1;
    private int calls;
    private boolean full;
    private @Nullable Runnable beforeRemove;

    /** A hierarchy with these files in its root and in every cgroup that is made. */
    FakeCgroupFiles hierarchy(Path root, Map<String, String> inEach) {
        directories.add(root);
        born.put(root, inEach);
        inEach.forEach((name, text) -> files.put(root.resolve(name), text));
        return this;
    }

    FakeCgroupFiles file(Path path, String text) {
        files.put(path, text);
        return this;
    }

    /** Takes a file away, as a kernel without that feature. */
    void remove(Path path) {
        files.remove(path);
    }

    /** Writes to this file answer an error. */
    FakeCgroupFiles refuse(Path path, int errno) {
        refusals.put(path, errno);
        return this;
    }

    /** The n-th change from now on, counted from 0, answers EIO. */
    void failAt(int n) {
        calls = 0;
        failAt = n;
    }

    /** No cgroup can be made any more. */
    void full() {
        full = true;
    }

    void beforeRemove(Runnable action) {
        beforeRemove = action;
    }

    /** What was changed, in order: {@code mkdir /a}, {@code /a/f=text}, {@code rmdir /a}. */
    List<String> changes() {
        return changes;
    }

    /** Directories that somebody wanted to make, those that were there too. */
    List<Path> askedFor() {
        return askedFor;
    }

    /** What every file says now. */
    Map<Path, String> values() {
        return Map.copyOf(files);
    }

    Set<Path> directories() {
        return directories;
    }

    private void change(String what) throws SyscallException {
        if (calls++ == failAt) {
            throw new SyscallException(what, "", Errno.EIO);
        }
        changes.add(what);
    }

    @Override
    public String read(Path file) throws SyscallException {
        String text = files.get(file);
        if (text == null) {
            throw new SyscallException("open", file.toString(), Errno.ENOENT);
        }
        return text;
    }

    @Override
    public void write(Path file, String text) throws SyscallException {
        Integer errno = refusals.get(file);
        if (errno != null) {
            throw new SyscallException("write", file.toString(), errno);
        }
        if (!files.containsKey(file)) {
            throw new SyscallException("open", file.toString(), Errno.ENOENT);
        }
        change(file + "=" + text);
        files.put(file, text);
    }

    @Override
    public boolean exists(Path path) {
        return files.containsKey(path) || directories.contains(path);
    }

    @Override
    public void makeDirectory(Path directory) throws SyscallException {
        askedFor.add(directory);
        if (directories.contains(directory)) {
            throw new SyscallException("mkdir", directory.toString(), Errno.EEXIST);
        }
        if (!directories.contains(directory.getParent())) {
            throw new SyscallException("mkdir", directory.toString(), Errno.ENOENT);
        }
        if (full) {
            throw new SyscallException("mkdir", directory.toString(), Errno.ENOSPC);
        }
        change("mkdir " + directory);
        directories.add(directory);
        born.forEach((root, inEach) -> {
            if (directory.startsWith(root)) {
                inEach.forEach((name, text) ->
                        files.put(directory.resolve(name), name.startsWith("cpuset.") ? "" : text));
            }
        });
    }

    @Override
    public void removeDirectory(Path directory) throws SyscallException {
        if (!directories.contains(directory)) {
            throw new SyscallException("rmdir", directory.toString(), Errno.ENOENT);
        }
        if (beforeRemove != null) {
            beforeRemove.run();
        }
        boolean busy =
                !directories(directory).isEmpty()
                        || !files.getOrDefault(directory.resolve("cgroup.procs"), "").isEmpty();
        if (busy) {
            throw new SyscallException("rmdir", directory.toString(), Errno.EBUSY);
        }
        change("rmdir " + directory);
        directories.remove(directory);
        files.keySet().removeIf(file -> directory.equals(file.getParent()));
    }

    @Override
    public List<Path> directories(Path directory) throws SyscallException {
        if (!directories.contains(directory)) {
            throw new SyscallException("opendir", directory.toString(), Errno.ENOENT);
        }
        return directories.stream().filter(d -> directory.equals(d.getParent())).toList();
    }
}
