package carafe.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a container costs without a daemon: a bare C program, and OCI runtimes by themselves. */
final class Floor {
    /** Why it has no row. */
    static final String CRUN =
            "crun does not run where cgroups are hybrid (controllers of version 1 beside the tree of"
                    + " version 2); runc stands in its place";

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
        Path program = Programs.compile("bare_container", dir);
        return new Floor(program, dir, lower);
    }

    /** Milliseconds until a container runs {@code true}; the mean of twenty. */
    double[] measure() throws IOException, InterruptedException {
        return new double[] {
            Double.parseDouble(
                    Programs.run(
                            program.toString(),
                            lower.toString(),
                            dir.toString(),
                            Integer.toString(CONTAINERS)))
        };
    }

    /** What {@code runc run} needs to run {@code true} in the same tree. */
    void bundle() throws IOException, InterruptedException {
        String _ = Programs.run("runc", "spec", "--bundle", dir.toString());
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
        String _ = Programs.run(command);
        return new double[] {(System.nanoTime() - begin) / 1e6};
    }
}
