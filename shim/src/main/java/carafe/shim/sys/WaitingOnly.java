package carafe.shim.sys;

/**
 * The filter of a process that only exists: ppoll, its restart, return from a signal, and the end;
 * any other call, and any call of another architecture, kills the process. Fixed shape: load the
 * architecture, compare, load the number, compare four times, kill, allow.
 */
final class WaitingOnly {
    private static final Call[] ALLOWED = {
        Call.PPOLL, Call.RESTART_SYSCALL, Call.RT_SIGRETURN, Call.EXIT_GROUP
    };

    /** Size of the program. */
    static final int BYTES = 8 * (3 + 4 + 2);

    private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int RETURN = 0x06; // BPF_RET | BPF_K
    private static final int KILL_PROCESS = 0x80000000;
    private static final int ALLOW = 0x7fff0000;
    private static final int AUDIT_ARCH_X86_64 = 0xC000003E;
    private static final int AUDIT_ARCH_AARCH64 = 0xC00000B7;

    private WaitingOnly() {}

    static void write(Buffer to, Kernel kernel) {
        int kill = 3 + ALLOWED.length;
        instruction(to, 0, LOAD, 0, 0, 4);
        int arch = kernel.isArm64() ? AUDIT_ARCH_AARCH64 : AUDIT_ARCH_X86_64;
        instruction(to, 1, JUMP_IF_EQUAL, 0, kill - 2, arch);
        instruction(to, 2, LOAD, 0, 0, 0);
        for (int i = 0; i < ALLOWED.length; i++) {
            int number = kernel.isArm64() ? ALLOWED[i].onArm64() : ALLOWED[i].onAmd64();
            instruction(to, 3 + i, JUMP_IF_EQUAL, ALLOWED.length - i, 0, number);
        }
        instruction(to, kill, RETURN, 0, 0, KILL_PROCESS);
        instruction(to, kill + 1, RETURN, 0, 0, ALLOW);
    }

    private static void instruction(
            Buffer to, int index, int code, int ifTrue, int ifFalse, int operand) {
        to.putShort(8 * index, code);
        to.put(8 * index + 2, (byte) ifTrue);
        to.put(8 * index + 3, (byte) ifFalse);
        to.putInt(8 * index + 4, operand);
    }
}
