package carafe.testkit.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Takes away what a failed test left of an instance, after the census has told of it. Touches only
 * what is below the instance's directory or in cgroups of its name.
 */
public final class Sweep {
    private static final int MAX_CGROUP_DEPTH = 8;
    private static final int FIELD_MOUNT_POINT = 4;
    private static final Duration END_DEADLINE = Duration.ofSeconds(10);

    private final Instance instance;

    public Sweep(Instance instance) {
        this.instance = instance;
    }

    /** Kills, unmounts, removes cgroups and links, deletes the directory. */
    public void run() throws IOException, InterruptedException {
        killMembers();
        for (String mount : mounts()) {
            command("umount", "-l", mount);
        }
        for (Path group : cgroups()) {
            try {
                Files.delete(group);
            } catch (IOException e) {
                // The census has told of it; the next sweep of the machine may have more luck.
            }
        }
        if (Files.exists(Path.of("/sys/class/net", instance.bridge()))) {
            command("ip", "link", "delete", instance.bridge());
        }
        if (Files.isExecutable(Path.of("/usr/sbin/nft"))) {
            // The built-in network's, which has the bridge's name; mostly there is none.
            command("nft", "delete", "table", "inet", instance.bridge());
        }
        deleteDirectory();
    }

    private void killMembers() throws IOException, InterruptedException {
        long end = System.nanoTime() + END_DEADLINE.toNanos();
        List<ProcessHandle> members = members();
        while (!members.isEmpty() && System.nanoTime() < end) {
            // A handle holds the start time too, so a number given anew is not killed.
            members.forEach(ProcessHandle::destroyForcibly);
            Thread.sleep(50);
            members = members();
        }
    }

    private List<ProcessHandle> members() {
        long self = ProcessHandle.current().pid();
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() > 1 && process.pid() != self)
                .filter(process -> cgroup(process.pid()).contains("/" + instance.name() + "-"))
                .toList();
    }

    private static String cgroup(long pid) {
        try {
            Path file = Path.of("/proc/%d/cgroup".formatted(pid));
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Mount points below the directory, the innermost first. */
    private List<String> mounts() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.map(line -> line.split(" ", -1)[FIELD_MOUNT_POINT])
                    .filter(point -> point.startsWith(instance.dir() + "/"))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private List<Path> cgroups() throws IOException {
        try (Stream<Path> tree =
                Files.find(
                        Path.of("/sys/fs/cgroup"),
                        MAX_CGROUP_DEPTH,
                        (dir, at) ->
                                at.isDirectory()
                                        && dir.toString().contains("/" + instance.name() + "-"))) {
            return tree.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            return List.of();
        }
    }

    private void deleteDirectory() throws IOException {
        if (!mounts().isEmpty()) {
            throw new IOException("still mounted below " + instance.dir() + ": " + mounts());
        }
        try (Stream<Path> tree = Files.walk(instance.dir())) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void command(String... words) throws IOException, InterruptedException {
        // What it says would disturb the test runner, whose reports go over the same stream.
        Process process =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (!process.waitFor(END_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
