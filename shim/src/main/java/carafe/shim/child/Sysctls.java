package carafe.shim.child;

import carafe.shim.spec.ContainerSpec.Sysctl;
import carafe.shim.sys.SyscallException;
import java.util.List;

/**
 * Kernel settings of the container's namespaces, written while this process is in them. Only keys
 * of a namespace the container has for itself are let through; the machine's are never written.
 */
final class Sysctls {
    private static final String[] OF_IPC = {
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced"
    };

    private final HostProc proc;
    private final Progress progress;

    Sysctls(HostProc proc, Progress progress) {
        this.proc = proc;
        this.progress = progress;
    }

    /** Which namespaces are not the machine's. */
    record Owned(boolean network, boolean ipc, boolean uts) {}

    void apply(List<Sysctl> sysctls, Owned owned) throws SyscallException, RefusedException {
        for (Sysctl sysctl : sysctls) {
            progress.at("sysctl", sysctl.key());
            String key = canonical(sysctl.key());
            if (!isNamespaced(key, owned)) {
                throw new RefusedException(
                        "the setting is not one of a namespace the container has for itself");
            }
            proc.write("sys/" + toPath(key), sysctl.value());
        }
    }

    private static boolean isNamespaced(String key, Owned owned) {
        if (key.startsWith("net.")) {
            return owned.network();
        }
        if (key.startsWith("fs.mqueue.")) {
            return owned.ipc();
        }
        if (key.equals("kernel.hostname") || key.equals("kernel.domainname")) {
            return owned.uts();
        }
        for (String name : OF_IPC) {
            if (name.equals(key)) {
                return owned.ipc();
            }
        }
        return false;
    }

    /**
     * With dots between components. A key may be written {@code net/ipv4/conf/eth0.1/forwarding}:
     * when a slash comes first, slashes separate and dots belong to names, and the other way round.
     */
    static String canonical(String key) throws RefusedException {
        int dot = key.indexOf('.');
        int slash = key.indexOf('/');
        boolean slashes = slash >= 0 && (dot < 0 || slash < dot);
        StringBuilder canonical = new StringBuilder();
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c <= ' ' || c == '=' || c == '+' || c > '~') {
                throw new RefusedException("the key holds a character that no setting has");
            }
            canonical.append(slashes ? (c == '/' ? '.' : c == '.' ? '/' : c) : c);
        }
        return canonical.toString();
    }

    private static String toPath(String canonical) throws RefusedException {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < canonical.length(); i++) {
            char c = canonical.charAt(i);
            path.append(c == '.' ? '/' : c == '/' ? '.' : c);
        }
        String text = path.toString();
        if (("/" + text + "/").contains("/../") || text.contains("//")) {
            throw new RefusedException("the key is not a setting's");
        }
        return text;
    }
}
