package carafe.shim.sys;

/** Calls on processes. No signal ever goes to a pid or group at or below 1. */
public interface ProcessCalls {
    long CLONE_NEWTIME = 0x80L;
    long CLONE_PARENT = 0x8000L;
    long CLONE_NEWNS = 0x20000L;
    long CLONE_NEWCGROUP = 0x2000000L;
    long CLONE_NEWUTS = 0x4000000L;
    long CLONE_NEWIPC = 0x8000000L;
    long CLONE_NEWUSER = 0x10000000L;
    long CLONE_NEWPID = 0x20000000L;
    long CLONE_NEWNET = 0x40000000L;

    int SIGHUP = 1;
    int SIGKILL = 9;
    int SIGPIPE = 13;
    int SIGTERM = 15;
    int SIGCHLD = 17;

    int CLOCK_REALTIME = 0;
    int CLOCK_MONOTONIC = 1;

    /** A plain child with SIGCHLD at its end: 0 in the child, its pid in the parent. */
    int fork() throws SyscallException;

    /**
     * clone3; SIGCHLD at the end unless CLONE_PARENT is among the flags.
     *
     * @param flags CLONE_ flags
     * @param cgroupFd directory of the v2 cgroup the child is born in, -1 = the caller's
     * @return 0 in the child, its pid in the parent
     */
    int clone(long flags, int cgroupFd) throws SyscallException;

    /**
     * A null-terminated array of C strings, for {@link #exec}.
     *
     * @throws SyscallException E2BIG above 64 MiB
     */
    Buffer strings(byte[][] strings) throws SyscallException;

    /**
     * execve. Returns only when it failed, with minus errno; allocates nothing, so it works behind
     * any seccomp filter that lets it through.
     *
     * @param path what {@link #strings} made of the one path
     */
    int exec(Buffer path, Buffer args, Buffer env);

    /** exit_group. */
    void exit(int code);

    int pid();

    /** Start of the process in clock ticks since boot: field 22 of /proc/PID/stat; 0 = unknown. */
    long startTicks(int pid);

    /** Session id of a process, 0 = the caller's. */
    int session(int pid) throws SyscallException;

    /**
     * wait4(-1, WNOHANG).
     *
     * @param status receives the wait status as an int at offset 0
     * @return pid, 0 when no child has ended, or minus errno (ECHILD: no child at all)
     */
    int reapAny(Buffer status);

    /** Waits for one child to end; pid or minus errno. */
    int wait(int pid, Buffer status);

    /** pidfd_open; the descriptor is close-on-exec. */
    int openPidfd(int pid) throws SyscallException;

    void signal(int pidfd, int signal) throws SyscallException;

    /** Signals a process by number, for a child not yet reaped; refuses pid at or below 1. */
    void signalChild(int pid, int signal) throws SyscallException;

    /** Signals a process group; refuses numbers at or below 1. */
    void signalGroup(int group, int signal) throws SyscallException;

    /** setns. */
    void enter(int fd, long flags) throws SyscallException;

    void unshare(long flags) throws SyscallException;

    int newSession() throws SyscallException;

    /**
     * Gives memory back to the kernel and waits for ever. Never returns: nothing of this program
     * works any more but the wait. A mapping that holds the ranges themselves is kept.
     *
     * @param ranges pairs of address and length, ended by a length of 0
     */
    void waitForever(Buffer ranges);

    /** What ps shows as the name; at most 15 bytes are kept. */
    void setName(String name) throws SyscallException;

    /** What ps shows as the command line; cut to the room there is. Arguments are ASCII. */
    void setCommandLine(String name, String[] arguments);

    void setDumpable(int zeroOrOne) throws SyscallException;

    /** Signal this process gets when its parent ends; 0 = none. */
    void setParentDeathSignal(int signal) throws SyscallException;

    void becomeSubreaper() throws SyscallException;

    /** prlimit64 of this process; values are unsigned, -1 = unlimited. */
    void setLimit(int resource, long soft, long hard) throws SyscallException;

    /** Hard limit of this process, unsigned. */
    long hardLimit(int resource) throws SyscallException;

    void setHostname(String name) throws SyscallException;

    void setDomainName(String name) throws SyscallException;

    void changeDirectory(byte[] path) throws SyscallException;

    void changeDirectory(int fd) throws SyscallException;

    String workingDirectory() throws SyscallException;

    int setUmask(int mask);

    /** personality(2). */
    void setPersonality(long persona) throws SyscallException;

    /** A fresh anonymous session keyring, so that no key of the host is seen. */
    void newSessionKeyring() throws SyscallException;

    /** Nanoseconds of the clock. */
    long nanos(int clock);

    /**
     * From now on the Java heap grows where garbage would be collected: for a child that soon ends
     * or becomes another program. A collection writes to nearly every page of the heap, each of
     * which has still to be copied from the parent; after a rest that is half of what an exec
     * costs.
     */
    void neverCollect();

    /** All 64 signals back to their default, none blocked. */
    void resetSignals() throws SyscallException;

    void ignoreSignal(int signal) throws SyscallException;

    /** Blocks exactly the signals of the mask (bit n - 1 = signal n). */
    void setSignalMask(long mask) throws SyscallException;
}
