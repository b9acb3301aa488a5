package carafe.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a container costs without a daemon: a bare C program, and OCI runtimes by themselves. */
final class Floor {
    /** Why it has no row. */
    static final String CRUN =
            "crun does not run where cgroups are hybrid (controllers of version 1 beside the tree of"
                    + " version 2); runc stands in its place";

    private static final String SOURCE = "bare_container.c";
    private static final String TREE = "tree";
    private static final int CONTAINERS = 20;

    private final Path program;
    private final Path dir;
    private final Path lower;

    private Floor(Path program, Path dir, Path lower) {
        this.program = program;
        this.dir = dir;
        this.lower = lower;
    }

    /** Whether there is a C compiler. */
    static boolean canCompile() {
        return Files.isExecutable(Path.of("/usr/bin/cc"));
    }

    /**
     * @param dir an existing, empty directory for the program, a tree and overlays; whoever made it
     *     removes it
     */
    static Floor compile(Path dir) throws IOException, InterruptedException {
        Path lower = dir.resolve(TREE);
        for (String each : List.of("bin", "proc", "sys", "dev")) {
            Files.createDirectories(lower.resolve(each));
        }
        // As busybox it does what it is called.
        Files.copy(
                Path.of("/usr/bin/busybox"),
                lower.resolve("bin/true"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Path source = dir.resolve(SOURCE);
        try (InputStream in = Objects.requireNonNull(Floor.class.getResourceAsStream(SOURCE))) {
            Files.copy(in, source);
        }
        Path program = dir.resolve("bare_container");
        String _ = run("cc", "-O2", "-o", program.toString(), source.toString());
        return new Floor(program, dir, lower);
    }

    /** Milliseconds until a container runs {@code true}; the mean of twenty. */
    double[] measure() throws IOException, InterruptedException {
        return new double[] {
            Double.parseDouble(
                    run(
                            program.toString(),
                            lower.toString(),
                            dir.toString(),
                            Integer.toString(CONTAINERS)))
        };
    }

    /** What {@code runc run} needs to run {@code true} in the same tree. */
    void bundle() throws IOException, InterruptedException {
        String _ = run("runc", "spec", "--bundle", dir.toString());
        Path config = dir.resolve("config.json");
        JsonMapper mapper = new JsonMapper();
        ObjectNode spec = (ObjectNode) mapper.readTree(Files.readString(config));
        ObjectNode process = (ObjectNode) spec.get("process");
        process.put("terminal", false);
        // Not everybody may set limits.
        process.remove("rlimits");
        process.putArray("args").add("true");
        ((ObjectNode) spec.get("root")).put("path", TREE);
        Files.writeString(config, mapper.writeValueAsString(spec));
    }

    /** Milliseconds of {@code runc run}, from its start to its end. */
    double[] runc() throws IOException, InterruptedException {
        return millis(
                "runc",
                "--root",
                dir.resolve("runc").toString(),
                "run",
                "--bundle",
                dir.toString(),
                "cfbench" + ProcessHandle.current().pid());
    }

    /** Milliseconds until a program has ended well. */
    static double[] millis(String... command) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        String _ = run(command);
        return new double[] {(System.nanoTime() - begin) / 1e6};
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
