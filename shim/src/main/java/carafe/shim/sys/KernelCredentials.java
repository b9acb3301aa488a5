package carafe.shim.sys;

/** {@link CredentialCalls} on a {@link Kernel}. */
final class KernelCredentials implements CredentialCalls {
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int MAX_INSTRUCTIONS = 4096;
    private static final int MAX_GROUPS = 65536;
    private static final int INSTRUCTION = 8;
    private static final int LOAD = 0x20;
    private static final int JUMP_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int OFFSET_NUMBER = 0;
    private static final int OFFSET_ARCH = 4;
    private static final int AMD64 = 0xc000003e;
    private static final int ARM64 = 0xc00000b7;
    private static final int KILL_PROCESS = 0x80000000;
    private static final int ALLOW = 0x7fff0000;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    private final Calls calls;

    KernelCredentials(Calls calls) {
        this.calls = calls;
    }

    @Override
    public void setGroups(int[] gids) throws SyscallException {
        if (gids.length > MAX_GROUPS) {
            throw new SyscallException("setgroups", "", Errno.EINVAL);
        }
        Buffer list = new Buffer(calls.kernel(), 4 * Math.max(1, gids.length));
        for (int i = 0; i < gids.length; i++) {
            list.putInt(4 * i, gids[i]);
        }
        long result = calls.call(Call.SETGROUPS, gids.length, list.at(0, 4));
        list.free();
        calls.check("setgroups", "", result);
    }

    @Override
    public void setGid(int gid) throws SyscallException {
        long id = gid & 0xffffffffL;
        calls.check("setresgid", "", calls.call(Call.SETRESGID, id, id, id));
    }

    @Override
    public void setUid(int uid) throws SyscallException {
        long id = uid & 0xffffffffL;
        calls.check("setresuid", "", calls.call(Call.SETRESUID, id, id, id));
    }

    @Override
    public void setKeepCapabilities(int zeroOrOne) throws SyscallException {
        calls.check("prctl", "keepcaps", calls.call(Call.PRCTL, PR_SET_KEEPCAPS, zeroOrOne));
    }

    @Override
    public void setCapabilities(long effective, long permitted, long inheritable)
            throws SyscallException {
        Scratch scratch = calls.begin();
        long header = scratch.space(8);
        long data = scratch.space(24);
        Kernel kernel = calls.kernel();
        kernel.putInt(header, CAPABILITY_VERSION_3);
        long[] sets = {effective, permitted, inheritable};
        for (int i = 0; i < 3; i++) {
            kernel.putInt(data + 4L * i, (int) sets[i]);
            kernel.putInt(data + 12 + 4L * i, (int) (sets[i] >>> 32));
        }
        calls.check("capset", "", calls.call(Call.CAPSET, header, data));
    }

    @Override
    public long permitted() throws SyscallException {
        Scratch scratch = calls.begin();
        long header = scratch.space(8);
        long data = scratch.space(24);
        calls.kernel().putInt(header, CAPABILITY_VERSION_3);
        calls.check("capget", "", calls.call(Call.CAPGET, header, data));
        long low = calls.kernel().getInt(data + 4) & 0xffffffffL;
        return low | (long) calls.kernel().getInt(data + 16) << 32;
    }

    @Override
    public void limitBounding(long keep) throws SyscallException {
        for (int capability = 0; capability < Long.SIZE; capability++) {
            if (((keep >>> capability) & 1) != 0) {
                continue;
            }
            long result = calls.call(Call.PRCTL, PR_CAPBSET_DROP, capability);
            if (result == -Errno.EINVAL && capability > 0) {
                return; // The kernel knows none from here on.
            }
            calls.check("prctl", "bounding", result);
        }
    }

    @Override
    public void clearAmbient() throws SyscallException {
        long result = calls.call(Call.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL);
        calls.check("prctl", "ambient", result);
    }

    @Override
    public void raiseAmbient(int capability) throws SyscallException {
        long result = calls.call(Call.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability);
        calls.check("prctl", "ambient", result);
    }

    @Override
    public void setNoNewPrivileges() throws SyscallException {
        calls.check("prctl", "no_new_privs", calls.call(Call.PRCTL, PR_SET_NO_NEW_PRIVS, 1));
    }

    @Override
    public void loadSeccomp(Buffer program, int instructions, int flags) throws SyscallException {
        if (instructions < 1 || instructions > MAX_INSTRUCTIONS) {
            throw new SyscallException("seccomp", "filter length", Errno.EINVAL);
        }
        long fprog = calls.begin().space(16);
        calls.kernel().putInt(fprog, instructions);
        calls.kernel().putLong(fprog + 8, program.at(0, 8 * instructions));
        long result = calls.call(Call.SECCOMP, SECCOMP_SET_MODE_FILTER, flags, fprog);
        calls.check("seccomp", "", result);
    }

    @Override
    public void allowOnlyWaiting() throws SyscallException {
        int[] allowed = {
            Call.PPOLL,
            Call.MADVISE,
            Call.WRITE,
            Call.CLOSE,
            Call.EXIT_GROUP,
            Call.RESTART,
            Call.RT_SIGRETURN
        };
        boolean arm64 = calls.kernel().isArm64();
        int count = allowed.length;
        Buffer program = new Buffer(calls.kernel(), INSTRUCTION * (5 + count));
        instruction(program, 0, LOAD, OFFSET_ARCH);
        instruction(program, 1, jump(0, count + 1), arm64 ? ARM64 : AMD64);
        instruction(program, 2, LOAD, OFFSET_NUMBER);
        for (int i = 0; i < count; i++) {
            int number = arm64 ? Call.onArm64(allowed[i]) : Call.onAmd64(allowed[i]);
            instruction(program, 3 + i, jump(count - i, 0), number);
        }
        instruction(program, 3 + count, RETURN, KILL_PROCESS);
        instruction(program, 4 + count, RETURN, ALLOW);
        loadSeccomp(program, 5 + count, 0);
        program.free();
    }

    /** Head of a "jump if equal" over so many instructions. */
    private static int jump(int ifTrue, int ifFalse) {
        return JUMP_EQUAL | (ifTrue << 16) | (ifFalse << 24);
    }

    /** Writes a struct sock_filter: u16 code, u8 and u8 jumps, u32 constant. */
    private static void instruction(Buffer program, int index, int head, int constant) {
        program.putInt(INSTRUCTION * index, head);
        program.putInt(INSTRUCTION * index + 4, constant);
    }
}
