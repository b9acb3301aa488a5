package carafe.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The compiled program, in a network namespace of its own. */
final class DemoProgramIT {
    private static final Path PROGRAM = Path.of("target/demo").toAbsolutePath();

    @Test
    void servesLogsAndEndsOrderlyOnSigterm() throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: a network namespace of our own needs root");

        String output =
                shell(
                        "ip link set lo up; %1$s & server=$!; for i in 1 2 3 4 5 6 7 8 9 10; do"
                                + " %1$s get 2>/dev/null && break; sleep 0.1; done;"
                                + " kill -TERM $server; wait $server; echo code $?");

        assertThat(output)
                .contains("listening on port 8080")
                .contains("request 1: GET / HTTP/1.0")
                .contains("Hello from a Carafe pod")
                .contains("after 1 requests, bye")
                .endsWith("code 0\n");
    }

    @Test
    void getWithoutAServerSaysSo() throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: a network namespace of our own needs root");

        assertThat(shell("ip link set lo up; %s get; echo code $?"))
                .isEqualTo("nothing listens on 127.0.0.1:8080\ncode 1\n");
    }

    private static String shell(String script) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("unshare", "-n", "sh", "-c", script.formatted(PROGRAM))
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
