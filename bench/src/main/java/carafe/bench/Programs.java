package carafe.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Programs that the bench runs, and its own in C, which it compiles. */
final class Programs {
    private Programs() {}

    /**
     * Compiles a C source that is a resource beside this class.
     *
     * @param name without its ending, of the source and of the program
     * @param dir where both are put
     */
    static Path compile(String name, Path dir) throws IOException, InterruptedException {
        Path source = dir.resolve(name + ".c");
        try (InputStream in =
                Objects.requireNonNull(Programs.class.getResourceAsStream(name + ".c"))) {
            Files.copy(in, source);
        }
        Path program = dir.resolve(name);
        String _ = run("cc", "-O2", "-o", program.toString(), source.toString());
        return program;
    }

    /** What it puts out, when it ends well. */
    static String run(String... command) throws IOException, InterruptedException {
        return run(Map.of(), "", command);
    }

    /**
     * @param environment beside this program's own
     * @param input for its standard input
     */
    static String run(Map<String, String> environment, String input, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream to = process.getOutputStream()) {
            to.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output.strip();
    }
}
