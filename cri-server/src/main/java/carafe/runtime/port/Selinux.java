package carafe.runtime.port;

import java.util.Optional;

/** The node's SELinux. */
public interface Selinux {
    /** What the node's policy gives containers by default; empty = the kernel has no SELinux. */
    Optional<Contexts> contexts();

    /** Whether the loaded policy has the context. */
    boolean isValid(String context);

    /**
     * Gives a file or directory of the node, and all in it, a context. Follows no link but those of
     * the path itself and stays on its mount. A file system that has no labels is left as it is.
     *
     * @throws carafe.base.CarafeException.Internal when it cannot be done wholly
     */
    void relabel(String path, String context);

    /**
     * Full contexts, {@code user:role:type:level}.
     *
     * @param process of processes
     * @param file of files
     */
    record Contexts(String process, String file) {
        /** No labels. */
        public static final Contexts NONE = new Contexts("", "");

        public boolean isNone() {
            return process.isEmpty();
        }
    }
}
