package carafe.testkit.crictl;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The crictl program of the PATH, bound to one socket. Reads no configuration of the machine, so it
 * can reach no other runtime.
 */
public final class Crictl {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private final Path program;
    private final Path socket;
    private final Path scratch;

    /** What a run gave. */
    public record Result(int exitCode, String stdout, String stderr) {}

    /**
     * @param scratch an existing directory for the output of runs
     */
    public Crictl(Path program, Path socket, Path scratch) {
        this.program = program;
        this.socket = socket;
        this.scratch = scratch;
    }

    /** Where crictl is, if it is on the PATH. */
    public static Optional<Path> find() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .map(dir -> Path.of(dir, "crictl"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Runs crictl and returns what it printed, without the last line's end.
     *
     * @throws AssertionError when it fails, with both of its outputs
     */
    public String ok(String... arguments) throws IOException, InterruptedException {
        Result result = run(arguments);
        if (result.exitCode() != 0) {
            throw new AssertionError(
                    "crictl %s ended with %d%n%s%n%s"
                            .formatted(
                                    String.join(" ", arguments),
                                    result.exitCode(),
                                    result.stdout(),
                                    result.stderr()));
        }
        return result.stdout().stripTrailing();
    }

    /**
     * Runs crictl.
     *
     * @throws AssertionError when it has not ended after two minutes; it is killed then
     */
    public Result run(String... arguments) throws IOException, InterruptedException {
        String endpoint = "unix://" + socket;
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program.toString(),
                                "--config",
                                "/dev/null",
                                "-r",
                                endpoint,
                                "-i",
                                endpoint,
                                "-t",
                                "60s"));
        command.addAll(List.of(arguments));
        // Files, not pipes: nothing has to be drained while the program runs.
        Path out = Files.createTempFile(scratch, "crictl", ".out");
        Path err = Files.createTempFile(scratch, "crictl", ".err");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .start();
        try {
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(command + " has not ended after " + DEADLINE);
            }
            return new Result(process.exitValue(), text(out), text(err));
        } finally {
            process.destroyForcibly();
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
