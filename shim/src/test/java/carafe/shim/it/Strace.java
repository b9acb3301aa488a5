package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Makes the n-th call of a kind fail, in a process and in all that it forks from now on; each
 * process counts for itself. Closing lets them go on alone.
 */
final class Strace implements AutoCloseable {
    private static final String PROGRAM = "/usr/bin/strace";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;

    private Strace(Process process) {
        this.process = process;
    }

    static boolean isThere() {
        return Files.isExecutable(Path.of(PROGRAM));
    }

    /** The words before a command, which is then run under it. */
    static String[] before(Path trace, String call, String errno, int n) {
        return new String[] {
            PROGRAM, "-f", "-o", trace.toString(), "-e", "trace=" + call, "-e", rule(call, errno, n)
        };
    }

    static String rule(String call, String errno, int n) {
        return "inject=" + call + ":error=" + errno + ":when=" + n;
    }

    /** Holds on to a process that runs. */
    static Strace attach(long pid, Path trace, String call, String errno, int n)
            throws IOException {
        Process process =
                new ProcessBuilder(
                                PROGRAM,
                                "-f",
                                "-o",
                                trace.toString(),
                                "-e",
                                "trace=" + call,
                                "-e",
                                rule(call, errno, n),
                                "-p",
                                Long.toString(pid))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        // What it is attached to may be made to fail, and end, by that already.
        Machine.await(
                "strace holds " + pid, PATIENCE, () -> isTraced(pid) || !Machine.isAlive(pid));
        return new Strace(process);
    }

    private static boolean isTraced(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .anyMatch(line -> line.matches("TracerPid:\\s+[1-9].*"));
        } catch (IOException e) {
            return false;
        }
    }

    static boolean hasInjected(Path trace) throws IOException {
        return Files.exists(trace) && Files.readString(trace).contains("(INJECTED)");
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** What an attempt under failures may do. */
    @FunctionalInterface
    interface Attempt {
        Message run() throws IOException;
    }

    /** An answer, a refusal, a connection that ends: but never nothing at all. */
    static void tolerate(Attempt attempt) {
        try {
            assertThat(attempt.run()).isNotNull();
        } catch (IOException | AssertionError ended) {
            assertThat(String.valueOf(ended.getMessage()))
                    .as("an end within its time")
                    .doesNotContain("no reply");
        }
    }
}
