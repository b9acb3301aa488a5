package carafe.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CappedOutputTest {
    private static final int LIMIT = 10_000 + CappedOutput.NOTE_BYTES;

    private final OutputBudget budget = new OutputBudget(100_000);

    @Test
    void outputWithinTheLimitComesBackWhole() {
        try (CappedOutput output = new CappedOutput(budget, LIMIT, 1000)) {
            stdout(output, utf8("one "));
            stderr(output, utf8("oops"));
            stdout(output, utf8("two"));
            assertThat(text(output.stdout())).isEqualTo("one two");
            assertThat(text(output.stderr())).isEqualTo("oops");
        }
    }

    @Test
    void bothStreamsTogetherNeverExceedTheLimit() {
        try (CappedOutput output = new CappedOutput(budget, LIMIT, 1000)) {
            stdout(output, new byte[6000]);
            stderr(output, new byte[6000]);
            stdout(output, new byte[6000]);
            String stdout = text(output.stdout());
            String stderr = text(output.stderr());
            assertThat(stdout.length() + stderr.length()).isLessThanOrEqualTo(LIMIT);
            assertThat(stderr).endsWith("\n[2000 bytes of output dropped]\n");
            assertThat(stdout).endsWith("\n[6000 bytes of output dropped]\n");
        }
    }

    @Test
    void theGuaranteedPartNeedsNoBudget() {
        OutputBudget empty = new OutputBudget(0);
        try (CappedOutput output = new CappedOutput(empty, LIMIT, 1000)) {
            stdout(output, new byte[600]);
            stderr(output, new byte[600]);
            assertThat(text(output.stdout())).hasSize(600);
            assertThat(text(output.stderr()))
                    .hasSize(400 + "\n[200 bytes of output dropped]\n".length());
        }
    }

    @Test
    void theBudgetIsSharedAndComesBack() {
        OutputBudget small = new OutputBudget(5000);
        CappedOutput first = new CappedOutput(small, LIMIT, 0);
        CappedOutput second = new CappedOutput(small, LIMIT, 0);
        stdout(first, new byte[4000]);
        stdout(second, new byte[4000]);
        assertThat(small.taken()).isEqualTo(5000);
        assertThat(text(second.stdout())).endsWith("[3000 bytes of output dropped]\n");
        first.close();
        first.close();
        second.close();
        assertThat(small.taken()).isZero();
    }

    @Test
    void manyTinyWritesArriveInOrder() {
        try (CappedOutput output = new CappedOutput(budget, LIMIT, 1000)) {
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 5000; i++) {
                String digit = String.valueOf(i % 10);
                expected.append(digit);
                stdout(output, utf8(digit));
            }
            assertThat(text(output.stdout())).isEqualTo(expected.toString());
        }
    }

    private static void stdout(CappedOutput output, byte[] bytes) {
        output.stdout(bytes, 0, bytes.length);
    }

    private static void stderr(CappedOutput output, byte[] bytes) {
        output.stderr(bytes, 0, bytes.length);
    }

    private static String text(List<byte[]> pieces) {
        return pieces.stream()
                .map(piece -> new String(piece, StandardCharsets.UTF_8))
                .collect(Collectors.joining());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
