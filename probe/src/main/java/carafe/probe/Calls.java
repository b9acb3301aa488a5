package carafe.probe;

/**
 * Tries system calls with arguments that can do no harm even where everything is allowed, and notes
 * each one's error number; 0 = it went through.
 */
final class Calls {
    private static final int GETPID_ON_ARM64 = 172;
    private static final long BAD = 1; // an address that is none
    private static final long NONE = -1; // a descriptor, process or set of flags that is none
    private static final long NO = 9999; // a command that is none
    private static final int AF_NETLINK = 16;
    private static final int AF_PACKET = 17;
    private static final int AF_ALG = 38;
    private static final int AF_VSOCK = 40;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_SEQPACKET = 5;

    private final JsonObject results = new JsonObject();
    private final boolean arm64 = onArm64();

    static boolean onArm64() {
        return Libc.numberOfGetpid() == GETPID_ON_ARM64;
    }

    JsonObject tried() {
        mounts();
        namespacesAndProcesses();
        machine();
        keysAndPrograms();
        sockets();
        if (!arm64) {
            call("iopl", 172, NO, 0, 0, 0, 0);
            call("ioperm", 173, 0, 0, 0, 0, 0);
            call("modify_ldt", 154, NO, 0, 0, 0, 0);
        }
        call("of_tomorrow", 4000, 0, 0, 0, 0, 0);
        return results;
    }

    private void mounts() {
        call("mount", 165, 40, BAD, BAD, BAD, 0, 0);
        call("umount2", 166, 39, BAD, 0, 0, 0, 0);
        call("pivot_root", 155, 41, BAD, BAD, 0, 0, 0);
        call("chroot", 161, 51, BAD, 0, 0, 0, 0);
        call("open_tree", 428, NONE, BAD, NONE, 0, 0);
        call("move_mount", 429, NONE, BAD, NONE, BAD, NONE);
        call("fsopen", 430, BAD, 0, 0, 0, 0);
        call("fsmount", 432, NONE, 0, 0, 0, 0);
        call("mount_setattr", 442, NONE, BAD, NONE, BAD, 0);
        call("name_to_handle_at", 303, 264, NONE, BAD, BAD, BAD, NONE);
        call("open_by_handle_at", 304, 265, NONE, BAD, 0, 0, 0);
        call("quotactl", 179, 60, NO, BAD, 0, 0, 0);
        call("fanotify_init", 300, 262, NONE, 0, 0, 0, 0);
    }

    private void namespacesAndProcesses() {
        call("unshare", 272, 97, BAD, 0, 0, 0, 0);
        call("setns", 308, 268, NONE, 0, 0, 0, 0);
        call("clone3", 435, BAD, 0, 0, 0, 0);
        call("ptrace", 101, 117, NO, 0, 0, 0, 0);
        call("process_vm_readv", 310, 270, NONE, BAD, 1, BAD, 1);
        call("kcmp", 312, 272, NONE, NONE, 0, 0, 0);
        call("move_pages", 279, 239, NONE, 0, 0, 0, 0);
        call("pidfd_open", 434, 0, NONE, 0, 0, 0);
        call("pidfd_getfd", 438, NONE, 0, NONE, 0, 0);
        call("personality", 135, 92, 0xffffffffL, 0, 0, 0, 0);
        call("set_mempolicy", 238, 237, NO, 0, 0, 0, 0);
        call("capset", 126, 91, BAD, BAD, 0, 0, 0);
        call("seccomp", 317, 277, NO, 0, 0, 0, 0);
        call("landlock_create_ruleset", 444, NONE, 0, NONE, 0, 0);
    }

    private void machine() {
        call("reboot", 169, 142, BAD, BAD, 0, 0, 0);
        call("kexec_load", 246, 104, 0, NO, BAD, 0xffff, 0);
        call("kexec_file_load", arm64 ? 294 : 320, NONE, NONE, 0, 0, 0xffff);
        call("init_module", 175, 105, BAD, 0, BAD, 0, 0);
        call("finit_module", 313, 273, NONE, BAD, NONE, 0, 0);
        call("delete_module", 176, 106, BAD, 0, 0, 0, 0);
        call("swapon", 167, 224, BAD, 0, 0, 0, 0);
        call("swapoff", 168, 225, BAD, 0, 0, 0, 0);
        call("acct", 163, 89, BAD, 0, 0, 0, 0);
        call("syslog", 103, 116, NO, 0, 0, 0, 0);
        call("settimeofday", 164, 170, BAD, 0, 0, 0, 0);
        call("adjtimex", 159, 171, BAD, 0, 0, 0, 0);
        call("sethostname", 170, 161, BAD, 1, 0, 0, 0);
        call("setdomainname", 171, 162, BAD, 1, 0, 0, 0);
    }

    private void keysAndPrograms() {
        call("add_key", 248, 217, BAD, BAD, 0, 0, 0);
        call("request_key", 249, 218, BAD, BAD, BAD, 0, 0);
        call("keyctl", 250, 219, NO, 0, 0, 0, 0);
        call("bpf", 321, 280, NO, BAD, 0, 0, 0);
        call("perf_event_open", 298, 241, BAD, 0, 0, 0, 0);
        call("userfaultfd", 323, 282, 0xffff, 0, 0, 0, 0);
        call("io_uring_setup", 425, 1, BAD, 0, 0, 0);
        call("memfd_secret", 447, 0xffff, 0, 0, 0, 0);
    }

    private void sockets() {
        socket("socket_netlink", AF_NETLINK, SOCK_RAW);
        socket("socket_packet", AF_PACKET, SOCK_RAW);
        socket("socket_alg", AF_ALG, SOCK_SEQPACKET);
        socket("socket_vsock", AF_VSOCK, SOCK_SEQPACKET);
    }

    private void socket(String name, int family, int type) {
        long fd = Libc.syscall(arm64 ? 198 : 41, family, type, 0, 0, 0);
        note(name, fd);
        if (fd >= 0) {
            Libc.close((int) fd);
        }
    }

    /** One of the numbers that all architectures share. */
    private void call(String name, int number, long a, long b, long c, long d, long e) {
        note(name, Libc.syscall(number, a, b, c, d, e));
    }

    private void call(
            String name, int onAmd64, int onArm64, long a, long b, long c, long d, long e) {
        note(name, Libc.syscall(arm64 ? onArm64 : onAmd64, a, b, c, d, e));
    }

    private void note(String name, long result) {
        results.put(name, result < 0 ? Files.errno() : 0);
    }
}
