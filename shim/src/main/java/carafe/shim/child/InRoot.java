package carafe.shim.child;

import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.SyscallException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Paths of the container resolved from its root by descriptor: links never lead out of the root,
 * and no component is trusted twice. What is missing is made by mkdirat and mknodat in a directory
 * opened without following links, so a component swapped meanwhile is an error, not an escape.
 */
final class InRoot {
    private static final int IN_ROOT = FileCalls.RESOLVE_IN_ROOT | FileCalls.RESOLVE_NO_MAGICLINKS;
    private static final int NO_LINKS = IN_ROOT | FileCalls.RESOLVE_NO_SYMLINKS;
    private static final int PATH = FileCalls.O_PATH | FileCalls.O_CLOEXEC;
    private static final int MAX_LINKS = 40;
    private static final int NEW_DIRECTORY = 0755;
    private static final int NEW_FILE = FileStatus.REGULAR | 0644;

    private final FileCalls files;
    private final int root;

    /**
     * @param root descriptor of the container's root; stays the caller's
     */
    InRoot(FileCalls files, int root) {
        this.files = files;
        this.root = root;
    }

    int root() {
        return root;
    }

    /** Opens what is there, following links within the root. */
    int open(String path, int flags) throws SyscallException {
        return files.openResolved(root, relative(path), flags | FileCalls.O_CLOEXEC, IN_ROOT);
    }

    /** Opens what is there, no component being a link. */
    int openNoLinks(String path, int flags) throws SyscallException {
        return files.openResolved(root, relative(path), flags | FileCalls.O_CLOEXEC, NO_LINKS);
    }

    /** O_PATH descriptor of a directory, made with its parents when missing. */
    int directory(String path) throws SyscallException {
        return openOrMake(path, Leaf.DIRECTORY);
    }

    /** O_PATH descriptor of a file, an empty one made with its parents when missing. */
    int file(String path) throws SyscallException {
        return openOrMake(path, Leaf.FILE);
    }

    private enum Leaf {
        DIRECTORY,
        FILE
    }

    private int openOrMake(String path, Leaf leaf) throws SyscallException {
        try {
            return files.openResolved(root, relative(path), PATH, IN_ROOT);
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
        String real = make(path, leaf);
        return files.openResolved(root, real, PATH, NO_LINKS);
    }

    /** Walks the path, makes what is missing, and returns it free of links. */
    private String make(String path, Leaf leaf) throws SyscallException {
        Deque<String> left = new ArrayDeque<>();
        prepend(path, left);
        List<String> done = new ArrayList<>();
        int links = 0;
        while (!left.isEmpty()) {
            String name = left.removeFirst();
            if (name.equals("..")) {
                if (!done.isEmpty()) {
                    done.remove(done.size() - 1);
                }
                continue;
            }
            String target = step(done, name, left.isEmpty() ? leaf : Leaf.DIRECTORY);
            if (target.isEmpty()) {
                done.add(name);
                continue;
            }
            if (++links > MAX_LINKS) {
                throw new SyscallException("open", path, Errno.ELOOP);
            }
            if (target.startsWith("/")) {
                done.clear();
            }
            prepend(target, left);
        }
        return join(done);
    }

    /** Sees to one component; the target when it is a link, else an empty text. */
    private String step(List<String> parents, String name, Leaf leaf) throws SyscallException {
        int flags = PATH | FileCalls.O_DIRECTORY;
        int parent = files.openResolved(root, join(parents), flags, NO_LINKS);
        try {
            FileStatus status = files.status(parent, name, FileCalls.AT_SYMLINK_NOFOLLOW);
            boolean link = (status.mode() & FileStatus.TYPE) == FileStatus.LINK;
            return link ? files.readLink(parent, name) : "";
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            if (leaf == Leaf.FILE) {
                files.makeNode(parent, name, NEW_FILE, 0, 0);
            } else {
                files.makeDirectory(parent, name, NEW_DIRECTORY);
            }
            return "";
        } finally {
            files.close(parent);
        }
    }

    private static void prepend(String path, Deque<String> left) {
        int end = path.length();
        while (end > 0) {
            int slash = path.lastIndexOf('/', end - 1);
            String name = path.substring(slash + 1, end);
            if (!name.isEmpty() && !name.equals(".")) {
                left.addFirst(name);
            }
            end = Math.max(slash, 0);
        }
    }

    private static String join(List<String> names) {
        if (names.isEmpty()) {
            return ".";
        }
        StringBuilder path = new StringBuilder(names.get(0));
        for (int i = 1; i < names.size(); i++) {
            path.append('/').append(names.get(i));
        }
        return path.toString();
    }

    /** openat2 in a root takes absolute paths, but an empty one is an error. */
    private static String relative(String path) {
        return path.isEmpty() ? "." : path;
    }
}
