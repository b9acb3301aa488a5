package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.BpfProgram;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * The device rules of a cgroup of version 2: a BPF program that the kernel asks at every open and
 * mknod of a device. Answers 1 for yes.
 *
 * <pre>
 * r2 = ctx.access_type &amp; 0xffff   type: 1 block, 2 character
 * r3 = ctx.access_type >> 16      access: 1 mknod, 2 read, 4 write
 * r4 = ctx.major, r5 = ctx.minor
 * for each rule, last one first: if it matches, return its verdict
 * return 0
 * </pre>
 */
final class DeviceProgram {
    private static final int INSTRUCTION_BYTES = 8;

    private static final int LOAD_WORD = 0x61;
    private static final int MOVE_NUMBER = 0xb7;
    private static final int MOVE_REGISTER_32 = 0xbc;
    private static final int AND_NUMBER_32 = 0x54;
    private static final int SHIFT_RIGHT_NUMBER_32 = 0x74;
    private static final int JUMP_UNLESS_NUMBER = 0x55;
    private static final int JUMP_IF_NUMBER = 0x15;
    private static final int EXIT = 0x95;

    private static final int RESULT = 0;
    private static final int CONTEXT = 1;
    private static final int TYPE = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;
    private static final int SCRATCH = 6;

    private static final int ACCESS_MKNOD = 1;
    private static final int ACCESS_READ = 2;
    private static final int ACCESS_WRITE = 4;
    private static final int ACCESS_ALL = 7;
    private static final int TYPE_BLOCK = 1;
    private static final int TYPE_CHARACTER = 2;

    /** At most five tests and a two-instruction verdict. */
    private static final int MAX_PER_RULE = 8;

    private static final int FRAME = 8;

    /** The verifier takes a million; so many rules are a mistake anyway. */
    private static final int MAX_RULES = 4096;

    private final ByteBuffer code;

    private DeviceProgram(int rules) {
        code =
                ByteBuffer.allocate((rules * MAX_PER_RULE + FRAME) * INSTRUCTION_BYTES)
                        .order(ByteOrder.nativeOrder());
    }

    /** The program's instructions, as bpf(2) takes them. */
    static byte[] assemble(List<DeviceRule> rules) {
        if (rules.size() > MAX_RULES) {
            throw new CarafeException.Invalid("more than " + MAX_RULES + " device rules");
        }
        DeviceProgram program = new DeviceProgram(rules.size());
        program.loadContext();
        for (DeviceRule rule : rules.reversed()) {
            program.add(rule);
        }
        program.answer(0);
        byte[] raw = new byte[program.code.position()];
        program.code.get(0, raw);
        return raw;
    }

    /**
     * Loads the rules and attaches them.
     *
     * @param directory of version 2
     * @param degradations is added to when the kernel forbids BPF
     */
    static void attach(List<DeviceRule> rules, Path directory, List<Degradation> degradations) {
        try (BpfProgram program = BpfProgram.loadDeviceProgram(assemble(rules))) {
            program.attach(directory);
        } catch (SyscallException e) {
            if (!e.is(Errno.EPERM) && !e.is(Errno.ENOSYS)) {
                throw new CarafeException.Internal(
                        "limit the devices of " + directory + ": " + e.getMessage(), e);
            }
            degradations.add(
                    new Degradation(
                            directory + " (devices)",
                            rules.toString(),
                            String.valueOf(e.getMessage())));
        }
    }

    private void loadContext() {
        emit(LOAD_WORD, TYPE, CONTEXT, 0, 0);
        emit(MOVE_REGISTER_32, ACCESS, TYPE, 0, 0);
        emit(AND_NUMBER_32, TYPE, 0, 0, 0xffff);
        emit(SHIFT_RIGHT_NUMBER_32, ACCESS, 0, 0, 16);
        emit(LOAD_WORD, MAJOR, CONTEXT, 4, 0);
        emit(LOAD_WORD, MINOR, CONTEXT, 8, 0);
    }

    private void add(DeviceRule rule) {
        int access = access(rule);
        int testsAccess = access == ACCESS_ALL ? 0 : 3;
        int testsType = rule.type() == DeviceRule.Type.ALL ? 0 : 1;
        int testsMajor = rule.major() < 0 ? 0 : 1;
        int testsMinor = rule.minor() < 0 ? 0 : 1;
        // Instructions that remain behind a test, the verdict's two included.
        int rest = testsType + testsAccess + testsMajor + testsMinor + 2;
        if (testsType == 1) {
            rest--;
            emit(JUMP_UNLESS_NUMBER, TYPE, 0, rest, typeNumber(rule.type()));
        }
        if (testsAccess > 0) {
            rest -= testsAccess;
            emitAccessTest(rule.verdict(), access, rest);
        }
        if (testsMajor == 1) {
            rest--;
            emit(JUMP_UNLESS_NUMBER, MAJOR, 0, rest, number(rule.major()));
        }
        if (testsMinor == 1) {
            rest--;
            emit(JUMP_UNLESS_NUMBER, MINOR, 0, rest, number(rule.minor()));
        }
        answer(rule.verdict() == DeviceRule.Verdict.ALLOW ? 1 : 0);
    }

    /** A rule allows only when everything that was asked is in it, and denies when any of it is. */
    private void emitAccessTest(DeviceRule.Verdict verdict, int access, int rest) {
        emit(MOVE_REGISTER_32, SCRATCH, ACCESS, 0, 0);
        switch (verdict) {
            case ALLOW -> {
                emit(AND_NUMBER_32, SCRATCH, 0, 0, ACCESS_ALL & ~access);
                emit(JUMP_UNLESS_NUMBER, SCRATCH, 0, rest, 0);
            }
            case DENY -> {
                emit(AND_NUMBER_32, SCRATCH, 0, 0, access);
                emit(JUMP_IF_NUMBER, SCRATCH, 0, rest, 0);
            }
        }
    }

    private void answer(int verdict) {
        emit(MOVE_NUMBER, RESULT, 0, 0, verdict);
        emit(EXIT, 0, 0, 0, 0);
    }

    private void emit(int opcode, int destination, int source, int offset, int number) {
        code.put((byte) opcode);
        code.put((byte) (source << 4 | destination));
        code.putShort((short) offset);
        code.putInt(number);
    }

    private static int access(DeviceRule rule) {
        return (rule.make() ? ACCESS_MKNOD : 0)
                | (rule.read() ? ACCESS_READ : 0)
                | (rule.write() ? ACCESS_WRITE : 0);
    }

    private static int typeNumber(DeviceRule.Type type) {
        return type == DeviceRule.Type.BLOCK ? TYPE_BLOCK : TYPE_CHARACTER;
    }

    private static int number(long number) {
        if (number > Integer.MAX_VALUE) {
            throw new CarafeException.Invalid("device number " + number + " does not exist");
        }
        return (int) number;
    }
}
