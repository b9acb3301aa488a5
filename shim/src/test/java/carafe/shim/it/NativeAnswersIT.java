package carafe.shim.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.selftest.Answers;
import carafe.shim.sys.TestMemory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ahead-of-time compiler is not a JVM: what parses and frames must answer the same in both, for
 * good input and for damaged input.
 */
class NativeAnswersIT {
    private static final int LINES = 1500;
    private static final String JSON =
            "{\"a\":[1,-25,\"x\\u00fc\\ud83d\\ude00\\n\",{\"b\":null}],\"c\":{\"d\":true},"
                    + "\"e\":9223372036854775807,\"f\":1.5,\"g\":\"\\\\ \u20ac\"}";

    @TempDir private Path temp;

    private final Random random = new Random(20_260_102);

    @Test
    void bothAnswerTheSame() throws IOException, InterruptedException {
        List<String> questions = new ArrayList<>(golden());
        for (int i = 0; i < LINES; i++) {
            questions.add(
                    switch (i % 3) {
                        case 0 -> "wire " + hex(damaged(frame()));
                        case 1 -> "json " + hex(damaged(JSON.getBytes(UTF_8)));
                        default -> log();
                    });
        }
        questions.add("json " + hex("[".repeat(65).getBytes(UTF_8)));
        questions.add("json " + hex("{\"a\":".repeat(5000).getBytes(UTF_8)));
        List<String> answers = askNative(questions);

        assertThat(answers).hasSameSizeAs(questions);
        Answers here = new Answers(new TestMemory());
        for (int i = 0; i < answers.size(); i++) {
            String question = questions.get(i);
            assertThat(answers.get(i)).as(question).isEqualTo(here.to(question));
        }
    }

    private List<String> golden() throws IOException {
        Path file = Path.of("../shim-wire/src/test/resources/carafe/shim/wire/golden-v1.txt");
        return Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> "wire x" + line.split(" ", 2)[1].substring(8))
                .toList();
    }

    private byte[] frame() throws IOException {
        List<String> golden = golden();
        String line = golden.get(random.nextInt(golden.size()));
        return HexFormat.of().parseHex(line.substring("wire x".length()));
    }

    private byte[] damaged(byte[] bytes) {
        byte[] damaged = bytes.clone();
        for (int i = random.nextInt(3); i > 0; i--) {
            damaged[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return damaged;
    }

    private String log() {
        StringBuilder line = new StringBuilder("log ").append(1 + random.nextInt(40));
        for (int i = random.nextInt(5); i >= 0; i--) {
            byte[] chunk = new byte[random.nextInt(60)];
            for (int j = 0; j < chunk.length; j++) {
                chunk[j] = (byte) (random.nextInt(8) == 0 ? '\n' : 'a' + random.nextInt(26));
            }
            line.append(' ').append(hex(chunk));
        }
        return line.toString();
    }

    private static String hex(byte[] bytes) {
        return "x" + HexFormat.of().formatHex(bytes);
    }

    private List<String> askNative(List<String> questions)
            throws IOException, InterruptedException {
        Path program = Path.of("target/selftest/answers").toAbsolutePath();
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        String classPath = System.getProperty("surefire.test.class.path");
        run(
                temp.resolve("build").toFile(),
                new ProcessBuilder(
                        java,
                        "-cp",
                        classPath == null ? System.getProperty("java.class.path") : classPath,
                        "carafe.shim.build.NativeProgram",
                        "carafe.shim.selftest.Answers",
                        "target/selftest/work",
                        program.toString()));
        Path input = temp.resolve("questions");
        Files.write(input, questions);
        File output = temp.resolve("answers").toFile();
        run(output, new ProcessBuilder(program.toString()).redirectInput(input.toFile()));
        return Files.readAllLines(output.toPath());
    }

    private static void run(File output, ProcessBuilder builder)
            throws IOException, InterruptedException {
        Process process = builder.redirectOutput(output).redirectErrorStream(true).start();
        int code = process.waitFor();
        assertThat(code).as(() -> text(output)).isZero();
    }

    private static String text(File output) {
        try {
            return Files.readString(output.toPath());
        } catch (IOException e) {
            return e.toString();
        }
    }
}
