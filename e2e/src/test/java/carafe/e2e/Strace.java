package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** strace attached to processes and all they will start. Owns the tracer; close it. */
final class Strace implements AutoCloseable {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final Process tracer;
    private final Path output;

    private Strace(Process tracer, Path output) {
        this.tracer = tracer;
        this.output = output;
    }

    /**
     * @param scratch an existing directory
     * @param rules strace's options, as {@code -e}, {@code inject=execve:delay_enter=1000}
     */
    static Strace attach(List<Long> pids, Path scratch, String... rules)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(scratch, "strace", ".out");
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-s", "200"));
        command.addAll(List.of(rules));
        command.addAll(List.of("-o", output.toString()));
        pids.forEach(pid -> command.addAll(List.of("-p", Long.toString(pid))));
        Path said = Files.createTempFile(scratch, "strace", ".err");
        Process tracer =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (Files.readString(said).split("attached", -1).length <= pids.size()) {
            assertThat(System.nanoTime()).as("strace: " + Files.readString(said)).isLessThan(end);
            Thread.sleep(10);
        }
        return new Strace(tracer, output);
    }

    /** Lets the processes go; what was traced. */
    List<String> end() throws IOException, InterruptedException {
        tracer.destroy();
        if (!tracer.waitFor(20, TimeUnit.SECONDS)) {
            tracer.destroyForcibly();
        }
        return new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1).lines().toList();
    }

    @Override
    public void close() {
        tracer.destroy();
    }
}
