package carafe.shim.child;

import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;

/**
 * The runtime-spec's mount of type {@code cgroup}. On a v2 machine one cgroup2; with v1 hierarchies
 * a tmpfs with one directory per hierarchy, each mounted anew, which in a cgroup namespace shows
 * the container's own part only. Without a cgroup namespace the same mounts show the machine's
 * tree.
 */
final class CgroupMount {
    private final FileCalls files;
    private final MountCalls mounts;
    private final FileSystems fileSystems;
    private final HostProc proc;

    CgroupMount(FileCalls files, MountCalls mounts, HostProc proc) {
        this.files = files;
        this.mounts = mounts;
        this.fileSystems = new FileSystems(files, mounts);
        this.proc = proc;
    }

    /**
     * Mounts it.
     *
     * @param target descriptor of the mount point, closed here
     */
    void attach(int target, MountOptions options) throws SyscallException, RefusedException {
        long attributes = options.attributes().set() | options.recursive().set();
        List<String> hierarchies = hierarchies(proc.read("self/cgroup"));
        if (hierarchies.isEmpty()) {
            attachNew("cgroup2", List.of(), attributes, target);
            return;
        }
        long writable = attributes & ~MountCalls.ATTR_RDONLY;
        int top = fileSystems.make("tmpfs", "cgroup", List.of("mode=755"), writable);
        mounts.attach(top, target);
        files.close(target);
        for (String hierarchy : hierarchies) {
            attachHierarchy(hierarchy, attributes, top);
        }
        attachUnified(attributes, top);
        mounts.setAttributes(top, 0, attributes, 0, 0);
        files.close(top);
    }

    private void attachHierarchy(String hierarchy, long attributes, int top)
            throws SyscallException, RefusedException {
        boolean named = hierarchy.startsWith("name=");
        String directory = named ? hierarchy.substring(5) : hierarchy;
        List<String> options = new ArrayList<>();
        if (named) {
            options.add("none");
            options.add(hierarchy);
        } else {
            splitInto(hierarchy, options);
        }
        attachNew("cgroup", options, attributes, makeDirectory(top, directory));
        if (options.size() > 1 && !named) {
            for (String controller : options) {
                files.makeLink(hierarchy, top, controller);
            }
        }
    }

    /** The v2 tree beside v1 hierarchies; a kernel without one has none to show. */
    private void attachUnified(long attributes, int top) throws SyscallException, RefusedException {
        int unified = makeDirectory(top, "unified");
        try {
            attachNew("cgroup2", List.of(), attributes, unified);
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }

    /** In a file system nobody else has seen yet. */
    private int makeDirectory(int top, String name) throws SyscallException {
        files.makeDirectory(top, name, 0755);
        int flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
        return files.open(top, name, flags, 0);
    }

    private void attachNew(String type, List<String> options, long attributes, int target)
            throws SyscallException, RefusedException {
        int mount = fileSystems.make(type, "cgroup", options, attributes);
        mounts.attach(mount, target);
        files.close(mount);
        files.close(target);
    }

    /** Second fields of /proc/self/cgroup that are not empty: v1 hierarchies. */
    static List<String> hierarchies(String text) {
        List<String> found = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            int first = text.indexOf(':', start);
            int second = first < 0 ? -1 : text.indexOf(':', first + 1);
            if (second > first + 1 && second < end) {
                found.add(text.substring(first + 1, second));
            }
            start = end + 1;
        }
        return found;
    }

    private static void splitInto(String commaSeparated, List<String> to) {
        int start = 0;
        while (start <= commaSeparated.length()) {
            int comma = commaSeparated.indexOf(',', start);
            int end = comma < 0 ? commaSeparated.length() : comma;
            to.add(commaSeparated.substring(start, end));
            start = end + 1;
        }
    }
}
