package carafe.testkit.debian;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the machine to its end. */
final class Command {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private Command() {}

    /**
     * @param scratch an existing directory, for the output
     * @return what the program printed, both streams
     * @throws IOException when it fails or takes too long, with what it printed
     */
    static String run(Path scratch, List<String> words) throws IOException, InterruptedException {
        Path out = Files.createTempFile(scratch, "command", ".out");
        Process process =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        try {
            boolean ended = process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            String text = new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0) {
                throw new IOException("%s failed: %s".formatted(String.join(" ", words), text));
            }
            return text;
        } finally {
            process.destroyForcibly();
            Files.delete(out);
        }
    }
}
