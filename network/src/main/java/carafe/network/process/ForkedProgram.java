package carafe.network.process;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs a program as a process of its own with bounded output and a deadline. Thread-safe. */
public final class ForkedProgram implements ChildProgram {
    private static final int MAX_STDOUT_BYTES = 1 << 20;
    private static final int MAX_STDERR_BYTES = 64 << 10;
    private static final int CHUNK_BYTES = 8 << 10;

    @Override
    public Output run(
            List<String> command, Map<String, String> environment, byte[] stdin, Duration deadline)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            return talk(process, command.getFirst(), stdin, deadline);
        } finally {
            // One that has ended has no children any more, and to look for them is a look at every
            // process of the machine.
            if (process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private static Output talk(Process process, String program, byte[] stdin, Duration deadline)
            throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        CompletableFuture<String> out =
                reading(process.getInputStream(), MAX_STDOUT_BYTES, process);
        CompletableFuture<String> err = reading(process.getErrorStream(), MAX_STDERR_BYTES, null);
        Thread.ofVirtual().name("program stdin").start(() -> feed(process, stdin));
        try {
            if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw late(program, deadline);
            }
            // A daemonised grandchild may hold the pipes open: it gets no more time than the
            // plugin.
            return new Output(
                    process.exitValue(),
                    out.get(end - System.nanoTime(), TimeUnit.NANOSECONDS),
                    err.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw late(program, deadline);
        } catch (ExecutionException e) {
            throw new IOException(program + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Deadline(program + " was interrupted", e);
        }
    }

    private static void feed(Process process, byte[] stdin) {
        try (OutputStream to = process.getOutputStream()) {
            to.write(stdin);
        } catch (IOException e) {
            // The plugin need not read its input; whether it worked its exit code says.
        }
    }

    private static CompletableFuture<String> reading(
            InputStream from, int maxBytes, @Nullable Process killed) {
        CompletableFuture<String> done = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("program output")
                .start(() -> {
                    try (from) {
                        done.complete(readBounded(from, maxBytes, killed));
                    } catch (IOException e) {
                        done.completeExceptionally(e);
                    }
                });
        return done;
    }

    private static String readBounded(InputStream from, int maxBytes, @Nullable Process killed)
            throws IOException {
        byte[] kept = from.readNBytes(maxBytes);
        byte[] rest = new byte[CHUNK_BYTES];
        while (from.read(rest) >= 0) {
            if (killed != null) {
                killed.destroyForcibly();
                throw new IOException("it printed more than " + maxBytes + " bytes");
            }
        }
        return new String(kept, StandardCharsets.UTF_8);
    }

    private static CarafeException.Deadline late(String program, Duration deadline) {
        return new CarafeException.Deadline(
                "program %s did not end within %s and was killed".formatted(program, deadline));
    }
}
