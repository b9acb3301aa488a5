package carafe.e2e;

import carafe.testkit.daemon.Instance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a reboot leaves of an instance whose daemon was killed: no process, nothing of the state
 * directory, and records that name a run of the machine that is over.
 */
final class Reboot {
    private Reboot() {}

    static void pretend(Instance instance) throws IOException, InterruptedException {
        List<ProcessHandle> shims =
                ProcessHandle.allProcesses().filter(each -> isIn(instance.state(), each)).toList();
        shims.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : shims) {
            each.onExit().join();
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            String place = line.split(" ", -1)[4];
            if (place.startsWith(instance.state() + "/")) {
                int _ = new ProcessBuilder("umount", "--lazy", place).start().waitFor();
            }
        }
        delete(instance.state());
        try (Stream<Path> files = Files.walk(instance.root())) {
            for (Path each : files.filter(file -> file.endsWith("record.json")).toList()) {
                String record = Files.readString(each);
                Files.writeString(
                        each,
                        record.replaceAll(
                                "(\"bootId\"\\s*:\\s*\")[^\"]*",
                                "$100000000-0000-4000-8000-000000000000"));
            }
        }
    }

    private static boolean isIn(Path directory, ProcessHandle process) {
        try {
            return process.pid() > 1
                    && Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
                            .startsWith(directory);
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder())
                    .forEach(each -> {
                        try {
                            Files.delete(each);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
    }
}
