package carafe.e2e;

import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.client.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What containers of {@link Node#container} printed. */
final class Logs {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private Logs() {}

    /** The lines of standard output so far, without the carriage returns of a terminal. */
    static List<String> of(PodSandboxConfig pod, String name) throws IOException {
        return LogLine.texts(Node.log(pod, name), "stdout").stream()
                .map(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)
                .toList();
    }

    /** Waits for the first line, however many parts of it the file has. */
    static String firstLine(PodSandboxConfig pod, String name)
            throws IOException, InterruptedException {
        Path log = Node.log(pod, name);
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < end) {
            if (Files.exists(log) && Files.readString(log).endsWith("\n")) {
                List<LogLine> parts = LogLine.readAll(log);
                if (parts.stream().anyMatch(LogLine::whole)) {
                    return LogLine.texts(log, "stdout").getFirst();
                }
            }
            Thread.sleep(10);
        }
        throw new AssertionError("container %s has printed nothing".formatted(name));
    }
}
