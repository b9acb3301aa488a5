package carafe.shim.sys;

/**
 * System calls by their numbers: on x86-64 in the high half of the int, on arm64 (which uses the
 * generic table) in the low half. Plain constants, because an object and a name for each would be
 * memory of every shim.
 */
final class Call {
    static final int READ = (0 << 16) | 63;
    static final int WRITE = (1 << 16) | 64;
    static final int CLOSE = (3 << 16) | 57;
    static final int LSEEK = (8 << 16) | 62;
    static final int MMAP = (9 << 16) | 222;
    static final int MUNMAP = (11 << 16) | 215;
    static final int RT_SIGACTION = (13 << 16) | 134;
    static final int RT_SIGPROCMASK = (14 << 16) | 135;
    static final int RT_SIGRETURN = (15 << 16) | 139;
    static final int MADVISE = (28 << 16) | 233;
    static final int IOCTL = (16 << 16) | 29;
    static final int PREAD64 = (17 << 16) | 67;
    static final int PWRITE64 = (18 << 16) | 68;
    static final int WRITEV = (20 << 16) | 66;
    static final int GETPID = (39 << 16) | 172;
    static final int SOCKET = (41 << 16) | 198;
    static final int CONNECT = (42 << 16) | 203;
    static final int SENDTO = (44 << 16) | 206;
    static final int RECVFROM = (45 << 16) | 207;
    static final int SENDMSG = (46 << 16) | 211;
    static final int RECVMSG = (47 << 16) | 212;
    static final int SHUTDOWN = (48 << 16) | 210;
    static final int BIND = (49 << 16) | 200;
    static final int LISTEN = (50 << 16) | 201;
    static final int SOCKETPAIR = (53 << 16) | 199;
    static final int GETSOCKOPT = (55 << 16) | 209;
    static final int CLONE = (56 << 16) | 220;
    static final int EXECVE = (59 << 16) | 221;
    static final int WAIT4 = (61 << 16) | 260;
    static final int KILL = (62 << 16) | 129;
    static final int FCNTL = (72 << 16) | 25;
    static final int FLOCK = (73 << 16) | 32;
    static final int FSYNC = (74 << 16) | 82;
    static final int FTRUNCATE = (77 << 16) | 46;
    static final int GETCWD = (79 << 16) | 17;
    static final int CHDIR = (80 << 16) | 49;
    static final int FCHDIR = (81 << 16) | 50;
    static final int FCHMOD = (91 << 16) | 52;
    static final int FCHOWN = (93 << 16) | 55;
    static final int UMASK = (95 << 16) | 166;
    static final int GETUID = (102 << 16) | 174;
    static final int SETSID = (112 << 16) | 157;
    static final int GETGROUPS = (115 << 16) | 158;
    static final int SETGROUPS = (116 << 16) | 159;
    static final int SETRESUID = (117 << 16) | 147;
    static final int SETRESGID = (119 << 16) | 149;
    static final int GETSID = (124 << 16) | 156;
    static final int CAPGET = (125 << 16) | 90;
    static final int CAPSET = (126 << 16) | 91;
    static final int PERSONALITY = (135 << 16) | 92;
    static final int FSTATFS = (138 << 16) | 44;
    static final int SETPRIORITY = (141 << 16) | 140;
    static final int PIVOT_ROOT = (155 << 16) | 41;
    static final int PRCTL = (157 << 16) | 167;
    static final int MOUNT = (165 << 16) | 40;
    static final int UMOUNT2 = (166 << 16) | 39;
    static final int SETHOSTNAME = (170 << 16) | 161;
    static final int SETDOMAINNAME = (171 << 16) | 162;
    static final int SCHED_SETAFFINITY = (203 << 16) | 122;
    static final int GETDENTS64 = (217 << 16) | 61;
    static final int RESTART = (219 << 16) | 128;
    static final int CLOCK_GETTIME = (228 << 16) | 113;
    static final int EXIT_GROUP = (231 << 16) | 94;
    static final int KEYCTL = (250 << 16) | 219;
    static final int IOPRIO_SET = (251 << 16) | 30;
    static final int INOTIFY_ADD_WATCH = (254 << 16) | 27;
    static final int OPENAT = (257 << 16) | 56;
    static final int MKDIRAT = (258 << 16) | 34;
    static final int MKNODAT = (259 << 16) | 33;
    static final int FCHOWNAT = (260 << 16) | 54;
    static final int UNLINKAT = (263 << 16) | 35;
    static final int LINKAT = (265 << 16) | 37;
    static final int SYMLINKAT = (266 << 16) | 36;
    static final int READLINKAT = (267 << 16) | 78;
    static final int PPOLL = (271 << 16) | 73;
    static final int UNSHARE = (272 << 16) | 97;
    static final int SPLICE = (275 << 16) | 76;
    static final int TIMERFD_CREATE = (283 << 16) | 85;
    static final int TIMERFD_SETTIME = (286 << 16) | 86;
    static final int ACCEPT4 = (288 << 16) | 242;
    static final int SIGNALFD4 = (289 << 16) | 74;
    static final int EVENTFD2 = (290 << 16) | 19;
    static final int DUP3 = (292 << 16) | 24;
    static final int PIPE2 = (293 << 16) | 59;
    static final int INOTIFY_INIT1 = (294 << 16) | 26;
    static final int PRLIMIT64 = (302 << 16) | 261;
    static final int SETNS = (308 << 16) | 268;
    static final int SCHED_SETATTR = (314 << 16) | 274;
    static final int RENAMEAT2 = (316 << 16) | 276;
    static final int SECCOMP = (317 << 16) | 277;
    static final int EXECVEAT = (322 << 16) | 281;
    static final int STATX = (332 << 16) | 291;
    static final int PIDFD_SEND_SIGNAL = (424 << 16) | 424;
    static final int OPEN_TREE = (428 << 16) | 428;
    static final int MOVE_MOUNT = (429 << 16) | 429;
    static final int FSOPEN = (430 << 16) | 430;
    static final int FSCONFIG = (431 << 16) | 431;
    static final int FSMOUNT = (432 << 16) | 432;
    static final int PIDFD_OPEN = (434 << 16) | 434;
    static final int CLONE3 = (435 << 16) | 435;
    static final int CLOSE_RANGE = (436 << 16) | 436;
    static final int OPENAT2 = (437 << 16) | 437;
    static final int MOUNT_SETATTR = (442 << 16) | 442;

    private Call() {}

    static int onAmd64(int call) {
        return call >>> 16;
    }

    static int onArm64(int call) {
        return call & 0xffff;
    }
}
