package carafe.e2e;

import carafe.testkit.daemon.Instance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A container's process as the host sees it, found by its words and its cgroup, without asking the
 * runtime.
 */
record HostProcess(ProcessHandle handle) {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    /**
     * Finds the process that runs exactly these words in a pod's cgroup of the instance.
     *
     * @throws AssertionError when there is none within some seconds
     */
    static HostProcess find(Instance instance, String... words) throws InterruptedException {
        String wanted = String.join("\0", List.of(words)) + "\0";
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < end) {
            Optional<ProcessHandle> found =
                    ProcessHandle.allProcesses()
                            .filter(process -> process.pid() > 1)
                            .filter(process -> read(process, "cmdline").equals(wanted))
                            .filter(process -> isMember(process, instance))
                            .findFirst();
            if (found.isPresent()) {
                return new HostProcess(found.get());
            }
            Thread.sleep(20);
        }
        throw new AssertionError("no container runs: " + String.join(" ", List.of(words)));
    }

    long pid() {
        return handle.pid();
    }

    boolean isAlive() {
        return handle.isAlive();
    }

    /** Waits for the end; whether it came in time. */
    boolean endsWithin(Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        while (handle.isAlive() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        return !handle.isAlive();
    }

    /** SIGKILL; the handle checks the start time, so a number given anew is spared. */
    void kill() {
        handle.destroyForcibly();
    }

    /**
     * A value of the process's cgroup: the v1 file where the controller has a hierarchy of its own,
     * else the v2 file.
     */
    String cgroupValue(String controller, String v1File, String v2File) throws IOException {
        Path top = Path.of("/sys/fs/cgroup");
        for (String line : read(handle, "cgroup").lines().toList()) {
            String[] fields = line.split(":", 3);
            boolean legacy = List.of(fields[1].split(",", -1)).contains(controller);
            if (legacy) {
                return Files.readString(top.resolve(fields[1] + fields[2]).resolve(v1File)).strip();
            }
            if (fields[1].isEmpty() && Files.exists(top.resolve("cgroup.controllers"))) {
                return Files.readString(top.resolve(fields[2].substring(1)).resolve(v2File))
                        .strip();
            }
        }
        throw new AssertionError("no cgroup of " + controller + ": " + read(handle, "cgroup"));
    }

    private static boolean isMember(ProcessHandle process, Instance instance) {
        return read(process, "cgroup").contains(instance.podsCgroup() + "/");
    }

    private static String read(ProcessHandle process, String file) {
        try {
            Path path = Path.of("/proc", Long.toString(process.pid()), file);
            return new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
