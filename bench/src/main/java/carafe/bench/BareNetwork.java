package carafe.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The kernel's own bill for a pod's network: a C program that makes the same netlink calls. */
final class BareNetwork {
    private static final String SOURCE = "bare_network.c";
    private static final int PODS = 10;

    private final Path program;

    private BareNetwork(Path program) {
        this.program = program;
    }

    /**
     * @param dir for the program
     */
    static BareNetwork compile(Path dir) throws IOException, InterruptedException {
        Path source = dir.resolve(SOURCE);
        try (InputStream in =
                Objects.requireNonNull(BareNetwork.class.getResourceAsStream(SOURCE))) {
            Files.copy(in, source);
        }
        Path program = dir.resolve("bare_network");
        run("cc", "-O2", "-o", program.toString(), source.toString());
        return new BareNetwork(program);
    }

    /** Milliseconds for one pod, the mean of ten. */
    double measure() throws IOException, InterruptedException {
        return Double.parseDouble(run(program.toString(), "cfbare", Integer.toString(PODS)));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output.strip();
    }
}
