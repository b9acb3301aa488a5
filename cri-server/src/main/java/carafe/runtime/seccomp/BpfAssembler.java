package carafe.runtime.seccomp;

import carafe.base.CarafeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects classic BPF instructions with forward jumps by label. Conditional jumps never span more
 * than two instructions; everything longer is an unconditional one with its 32-bit offset, so no
 * program is too long for its jumps. Not thread-safe.
 */
final class BpfAssembler {
    /** BPF_MAXINSNS of the kernel. */
    static final int MAX_INSTRUCTIONS = 4096;

    private static final int LOAD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
    private static final int JUMP = 0x05; // BPF_JMP | BPF_JA
    private static final int RETURN = 0x06; // BPF_RET | BPF_K
    private static final int BYTES = 8;

    /** Jump tests of the accumulator against a constant, unsigned. */
    enum Test {
        EQUAL(0x15),
        GREATER(0x25),
        GREATER_OR_EQUAL(0x35);

        private final int code;

        Test(int code) {
            this.code = code;
        }
    }

    /** A place to jump to, set once by {@link #place}. */
    static final class Label {
        private int at = -1;
    }

    private record Instruction(
            int code, int ifTrue, int ifFalse, int operand, List<Label> target) {}

    private final List<Instruction> program = new ArrayList<>();

    Label place(Label label) {
        label.at = program.size();
        return label;
    }

    void load(int offset) {
        add(LOAD_WORD, 0, 0, offset);
    }

    void and(int mask) {
        add(AND, 0, 0, mask);
    }

    void jump(Label target) {
        program.add(new Instruction(JUMP, 0, 0, 0, List.of(target)));
    }

    /** Goes to the label if the test holds, else on. */
    void jumpIf(Test test, int operand, Label target) {
        add(test.code, 0, 1, operand);
        jump(target);
    }

    /** Goes to the label if the test does not hold, else on. */
    void jumpUnless(Test test, int operand, Label target) {
        add(test.code, 1, 0, operand);
        jump(target);
    }

    void give(Action action) {
        add(RETURN, 0, 0, action.value());
    }

    private void add(int code, int ifTrue, int ifFalse, int operand) {
        program.add(new Instruction(code, ifTrue, ifFalse, operand, List.of()));
    }

    /**
     * The program as the kernel takes it: struct sock_filter, one after the other, little-endian as
     * both architectures are.
     *
     * @throws CarafeException.Invalid when it is longer than the kernel allows
     */
    byte[] assemble() {
        if (program.size() > MAX_INSTRUCTIONS) {
            throw new CarafeException.Invalid(
                    "the seccomp profile needs %d instructions, the kernel allows %d"
                            .formatted(program.size(), MAX_INSTRUCTIONS));
        }
        ByteBuffer out = ByteBuffer.allocate(program.size() * BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < program.size(); i++) {
            Instruction each = program.get(i);
            int operand = each.target().isEmpty() ? each.operand() : offset(each, i);
            out.putShort((short) each.code());
            out.put((byte) each.ifTrue());
            out.put((byte) each.ifFalse());
            out.putInt(operand);
        }
        return out.array();
    }

    private static int offset(Instruction jump, int from) {
        int at = jump.target().getFirst().at;
        if (at <= from) {
            throw new IllegalStateException("a jump goes nowhere or back");
        }
        return at - from - 1;
    }
}
