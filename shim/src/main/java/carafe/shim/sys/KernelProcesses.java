package carafe.shim.sys;

/** {@link ProcessCalls} on a {@link Kernel}. */
final class KernelProcesses implements ProcessCalls {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_SET_NAME = 15;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int KEYCTL_JOIN_SESSION_KEYRING = 1;
    private static final int WNOHANG = 1;
    private static final int SIG_SETMASK = 2;
    private static final long SIG_IGN = 1;
    private static final long CLONE_INTO_CGROUP = 0x200000000L;
    private static final int CLONE_ARGS = 88;
    private static final int STAT_LINE = 1024;
    private static final int MAX_STRINGS = 64 << 20;

    private final Calls calls;

    KernelProcesses(Calls calls) {
        this.calls = calls;
    }

    @Override
    public int fork() throws SyscallException {
        return (int) calls.check("fork", "", calls.call(Call.CLONE, SIGCHLD));
    }

    @Override
    public int clone(long flags, int cgroupFd) throws SyscallException {
        long args = calls.begin().space(CLONE_ARGS);
        Kernel kernel = calls.kernel();
        kernel.putLong(args, flags | (cgroupFd >= 0 ? CLONE_INTO_CGROUP : 0));
        kernel.putLong(args + 32, (flags & CLONE_PARENT) != 0 ? 0 : SIGCHLD);
        kernel.putLong(args + 80, Math.max(cgroupFd, 0));
        return (int) calls.check("clone3", "", calls.call(Call.CLONE3, args, CLONE_ARGS));
    }

    @Override
    public Buffer strings(byte[][] strings) throws SyscallException {
        long size = 8L * (strings.length + 1);
        for (byte[] s : strings) {
            size += s.length + 1L;
        }
        if (size > MAX_STRINGS) {
            throw new SyscallException("exec", "arguments", Errno.E2BIG);
        }
        Buffer buffer = new Buffer(calls.kernel(), (int) size);
        int at = 8 * (strings.length + 1);
        for (int i = 0; i < strings.length; i++) {
            buffer.putLong(8 * i, buffer.at(at, 1));
            buffer.put(at, strings[i], 0, strings[i].length);
            at += strings[i].length + 1;
        }
        return buffer;
    }

    @Override
    public int exec(Buffer path, Buffer args, Buffer env) {
        return (int) calls.call(Call.EXECVE, path.getLong(0), args.at(0, 8), env.at(0, 8));
    }

    @Override
    public void exit(int code) {
        calls.call(Call.EXIT_GROUP, code);
    }

    @Override
    public int pid() {
        return (int) calls.call(Call.GETPID);
    }

    @Override
    public long startTicks(int pid) {
        Scratch scratch = calls.begin();
        long line = scratch.space(STAT_LINE);
        long path = scratch.space(32);
        byte[] name = Utf8.encode("/proc/" + pid + "/stat");
        calls.kernel().copyIn(path, name, 0, name.length);
        int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
        long fd = calls.call(Call.OPENAT, FileCalls.AT_FDCWD, path, flags, 0);
        if (fd < 0) {
            return 0;
        }
        int length = (int) calls.call(Call.READ, fd, line, STAT_LINE);
        calls.call(Call.CLOSE, fd);
        return length <= 0 ? 0 : ProcessStat.startTicks(calls.text(line, length));
    }

    @Override
    public int session(int pid) throws SyscallException {
        return (int) calls.check("getsid", "", calls.call(Call.GETSID, pid));
    }

    @Override
    public int reapAny(Buffer status) {
        return (int) calls.call(Call.WAIT4, -1, status.at(0, 4), WNOHANG, 0);
    }

    @Override
    public int wait(int pid, Buffer status) {
        return (int) calls.call(Call.WAIT4, pid, status.at(0, 4), 0, 0);
    }

    @Override
    public int openPidfd(int pid) throws SyscallException {
        return (int) calls.check("pidfd_open", "", calls.call(Call.PIDFD_OPEN, pid, 0));
    }

    @Override
    public void signal(int pidfd, int signal) throws SyscallException {
        long result = calls.call(Call.PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0);
        calls.check("pidfd_send_signal", "", result);
    }

    @Override
    public void signalChild(int pid, int signal) throws SyscallException {
        refuseSpecial(pid);
        calls.check("kill", "", calls.call(Call.KILL, pid, signal));
    }

    @Override
    public void signalGroup(int group, int signal) throws SyscallException {
        refuseSpecial(group);
        calls.check("kill", "", calls.call(Call.KILL, -group, signal));
    }

    /** 0, -1 and 1 mean "my group", "everybody" and the machine's init. */
    private static void refuseSpecial(int pid) throws SyscallException {
        if (pid <= 1) {
            throw new SyscallException("kill", "refused for pid " + pid, Errno.EINVAL);
        }
    }

    @Override
    public void enter(int fd, long flags) throws SyscallException {
        calls.check("setns", "", calls.call(Call.SETNS, fd, flags));
    }

    @Override
    public void unshare(long flags) throws SyscallException {
        calls.check("unshare", "", calls.call(Call.UNSHARE, flags));
    }

    @Override
    public int newSession() throws SyscallException {
        return (int) calls.check("setsid", "", calls.call(Call.SETSID));
    }

    @Override
    public void waitForever(Buffer ranges) {
        calls.kernel().waitForever(ranges.at(0, ranges.size()));
    }

    @Override
    public void setName(String name) throws SyscallException {
        long text = calls.begin().string(name, "prctl");
        calls.check("prctl", "name", calls.call(Call.PRCTL, PR_SET_NAME, text));
    }

    @Override
    public void setCommandLine(String name, String[] arguments) {
        int length = 0;
        StringBuilder line = new StringBuilder(name);
        for (String argument : arguments) {
            length += argument.length() + 1;
            line.append('\0').append(argument);
        }
        calls.kernel().setCommandLine(Utf8.encode(line.toString()), length);
    }

    @Override
    public void setDumpable(int zeroOrOne) throws SyscallException {
        calls.check("prctl", "dumpable", calls.call(Call.PRCTL, PR_SET_DUMPABLE, zeroOrOne));
    }

    @Override
    public void setParentDeathSignal(int signal) throws SyscallException {
        calls.check("prctl", "death signal", calls.call(Call.PRCTL, PR_SET_PDEATHSIG, signal));
    }

    @Override
    public void becomeSubreaper() throws SyscallException {
        calls.check("prctl", "subreaper", calls.call(Call.PRCTL, PR_SET_CHILD_SUBREAPER, 1));
    }

    @Override
    public void setLimit(int resource, long soft, long hard) throws SyscallException {
        long at = calls.begin().space(16);
        calls.kernel().putLong(at, soft);
        calls.kernel().putLong(at + 8, hard);
        calls.check("prlimit", "", calls.call(Call.PRLIMIT64, 0, resource, at, 0));
    }

    @Override
    public long hardLimit(int resource) throws SyscallException {
        long at = calls.begin().space(16);
        calls.check("prlimit", "", calls.call(Call.PRLIMIT64, 0, resource, 0, at));
        return calls.kernel().getLong(at + 8);
    }

    @Override
    public void setHostname(String name) throws SyscallException {
        byte[] bytes = Utf8.encode(name);
        long at = calls.begin().string(bytes, "sethostname");
        calls.check("sethostname", name, calls.call(Call.SETHOSTNAME, at, bytes.length));
    }

    @Override
    public void setDomainName(String name) throws SyscallException {
        byte[] bytes = Utf8.encode(name);
        long at = calls.begin().string(bytes, "setdomainname");
        calls.check("setdomainname", name, calls.call(Call.SETDOMAINNAME, at, bytes.length));
    }

    @Override
    public void changeDirectory(byte[] path) throws SyscallException {
        long name = calls.begin().string(path, "chdir");
        String subject = Utf8.decode(path, 0, path.length);
        calls.check("chdir", subject, calls.call(Call.CHDIR, name));
    }

    @Override
    public void changeDirectory(int fd) throws SyscallException {
        calls.check("fchdir", "", calls.call(Call.FCHDIR, fd));
    }

    @Override
    public String workingDirectory() throws SyscallException {
        long at = calls.begin().space(4097);
        int length = (int) calls.check("getcwd", "", calls.call(Call.GETCWD, at, 4096));
        return calls.text(at, length - 1);
    }

    @Override
    public int setUmask(int mask) {
        return (int) calls.call(Call.UMASK, mask);
    }

    @Override
    public void setPersonality(long persona) throws SyscallException {
        calls.check("personality", "", calls.call(Call.PERSONALITY, persona));
    }

    @Override
    public void newSessionKeyring() throws SyscallException {
        calls.check("keyctl", "", calls.call(Call.KEYCTL, KEYCTL_JOIN_SESSION_KEYRING, 0));
    }

    @Override
    public long nanos(int clock) {
        long at = calls.begin().space(16);
        calls.call(Call.CLOCK_GETTIME, clock, at);
        return calls.kernel().getLong(at) * 1_000_000_000L + calls.kernel().getLong(at + 8);
    }

    @Override
    public void neverCollect() {
        calls.kernel().neverCollect();
    }

    @Override
    public void resetSignals() throws SyscallException {
        long action = calls.begin().space(32);
        for (int signal = 1; signal <= 64; signal++) {
            // SIGKILL and SIGSTOP cannot be set and need not be.
            calls.call(Call.RT_SIGACTION, signal, action, 0, 8);
        }
        setSignalMask(0);
    }

    @Override
    public void ignoreSignal(int signal) throws SyscallException {
        long action = calls.begin().space(32);
        calls.kernel().putLong(action, SIG_IGN);
        calls.check("sigaction", "", calls.call(Call.RT_SIGACTION, signal, action, 0, 8));
    }

    @Override
    public void setSignalMask(long mask) throws SyscallException {
        long at = calls.begin().space(8);
        calls.kernel().putLong(at, mask);
        calls.check("sigprocmask", "", calls.call(Call.RT_SIGPROCMASK, SIG_SETMASK, at, 0, 8));
    }
}
