package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Runs the program in a small interpreter, against the rules read plainly. */
class DeviceProgramTest {
    private static final int MKNOD = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;
    private static final int BLOCK = 1;
    private static final int CHARACTER = 2;

    private static boolean allowed(List<DeviceRule> rules, int type, int access, int[] device) {
        ByteBuffer code =
                ByteBuffer.wrap(DeviceProgram.assemble(rules)).order(ByteOrder.nativeOrder());
        int[] context = {access << 16 | type, device[0], device[1]};
        long[] registers = new long[11];
        int at = 0;
        while (true) {
            int opcode = code.get(at * 8) & 0xff;
            int destination = code.get(at * 8 + 1) & 0xf;
            int source = code.get(at * 8 + 1) >> 4 & 0xf;
            short offset = code.getShort(at * 8 + 2);
            int number = code.getInt(at * 8 + 4);
            at++;
            switch (opcode) {
                case 0x61 -> registers[destination] = Integer.toUnsignedLong(context[offset / 4]);
                case 0xb7 -> registers[destination] = number;
                case 0xbc -> registers[destination] = registers[source] & 0xffffffffL;
                case 0x54 -> registers[destination] &= Integer.toUnsignedLong(number);
                case 0x74 ->
                        registers[destination] = (registers[destination] & 0xffffffffL) >> number;
                case 0x55 -> at += registers[destination] != number ? offset : 0;
                case 0x15 -> at += registers[destination] == number ? offset : 0;
                case 0x95 -> {
                    return registers[0] == 1;
                }
                default -> throw new AssertionError("opcode " + opcode);
            }
        }
    }

    private static boolean expected(List<DeviceRule> rules, int type, int access, int[] device) {
        for (DeviceRule rule : rules.reversed()) {
            boolean matches =
                    (rule.type() == DeviceRule.Type.ALL
                                    || (rule.type() == DeviceRule.Type.BLOCK) == (type == BLOCK))
                            && (rule.major() < 0 || rule.major() == device[0])
                            && (rule.minor() < 0 || rule.minor() == device[1]);
            int mask =
                    (rule.make() ? MKNOD : 0)
                            | (rule.read() ? READ : 0)
                            | (rule.write() ? WRITE : 0);
            if (matches && rule.verdict() == DeviceRule.Verdict.ALLOW && (access & ~mask) == 0) {
                return true;
            }
            if (matches && rule.verdict() == DeviceRule.Verdict.DENY && (access & mask) != 0) {
                return false;
            }
        }
        return false;
    }

    @Test
    void withoutRulesEverythingIsDenied() {
        assertThat(allowed(List.of(), CHARACTER, READ, new int[] {1, 3})).isFalse();
    }

    @Test
    void aRuleAllowsWhatItNamesAndNoMore() {
        List<DeviceRule> rules =
                List.of(
                        new DeviceRule(
                                DeviceRule.Verdict.ALLOW,
                                DeviceRule.Type.CHARACTER,
                                1,
                                3,
                                true,
                                true,
                                false));
        assertThat(allowed(rules, CHARACTER, READ, new int[] {1, 3})).isTrue();
        assertThat(allowed(rules, CHARACTER, READ | WRITE, new int[] {1, 3})).isTrue();
        assertThat(allowed(rules, CHARACTER, MKNOD, new int[] {1, 3})).isFalse();
        assertThat(allowed(rules, CHARACTER, READ | MKNOD, new int[] {1, 3})).isFalse();
        assertThat(allowed(rules, BLOCK, READ, new int[] {1, 3})).isFalse();
        assertThat(allowed(rules, CHARACTER, READ, new int[] {1, 5})).isFalse();
        assertThat(allowed(rules, CHARACTER, READ, new int[] {2, 3})).isFalse();
    }

    @Test
    void aPrivilegedContainerMayEverything() {
        List<DeviceRule> rules = List.of(DeviceRule.allowAll());
        assertThat(allowed(rules, BLOCK, MKNOD | READ | WRITE, new int[] {8, 0})).isTrue();
    }

    @Test
    void theLastMatchingRuleDecidesWhateverTheRules() {
        Random random = new Random(20_261_121);
        for (int round = 0; round < 500; round++) {
            List<DeviceRule> rules = new ArrayList<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                rules.add(
                        new DeviceRule(
                                pick(random, DeviceRule.Verdict.values()),
                                pick(random, DeviceRule.Type.values()),
                                random.nextInt(3) - 1,
                                random.nextInt(3) - 1,
                                random.nextBoolean(),
                                random.nextBoolean(),
                                random.nextBoolean()));
            }
            for (int access = 1; access <= 7; access++) {
                int type = random.nextBoolean() ? BLOCK : CHARACTER;
                int[] device = {random.nextInt(2), random.nextInt(2)};
                assertThat(allowed(rules, type, access, device))
                        .as("%s type %d access %d", rules, type, access)
                        .isEqualTo(expected(rules, type, access, device));
            }
        }
    }

    private static <T> T pick(Random random, T[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    @Test
    void numbersThatDoNotExistAndTooManyRulesAreRefused() {
        assertThatThrownBy(() ->
                        DeviceProgram.assemble(
                                List.of(DeviceRule.allow(DeviceRule.Type.BLOCK, 1L << 32, 0))))
                .isInstanceOf(CarafeException.Invalid.class);
        assertThatThrownBy(() ->
                        DeviceProgram.assemble(Collections.nCopies(5000, DeviceRule.allowAll())))
                .isInstanceOf(CarafeException.Invalid.class);
    }
}
