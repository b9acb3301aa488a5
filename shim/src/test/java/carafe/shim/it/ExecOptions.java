package carafe.shim.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import carafe.shim.wire.Request;
import java.util.Arrays;

/** How to exec. */
record ExecOptions(int timeoutMillis, int drainMillis, boolean stdin, boolean terminal) {
    private static final String PROCESS =
            """
            {"user":{"uid":0,"gid":0},"noNewPrivileges":true,
             "capabilities":{"bounding":["CAP_KILL"],"effective":["CAP_KILL"],
              "permitted":["CAP_KILL"]}}
            """;

    static ExecOptions plain() {
        return new ExecOptions(0, 10_000, false, false);
    }

    ExecOptions timeout(int millis) {
        return new ExecOptions(millis, drainMillis, stdin, terminal);
    }

    ExecOptions drain(int millis) {
        return new ExecOptions(timeoutMillis, millis, stdin, terminal);
    }

    ExecOptions withStdin() {
        return new ExecOptions(timeoutMillis, drainMillis, true, terminal);
    }

    ExecOptions withTerminal() {
        return new ExecOptions(timeoutMillis, drainMillis, stdin, true);
    }

    Request.Exec request(String... args) {
        return new Request.Exec(
                PROCESS.getBytes(UTF_8),
                Arrays.stream(args).map(arg -> arg.getBytes(UTF_8)).toArray(byte[][]::new),
                new byte[][] {"PATH=/bin".getBytes(UTF_8)},
                "/".getBytes(UTF_8),
                timeoutMillis,
                drainMillis,
                stdin,
                terminal);
    }
}
