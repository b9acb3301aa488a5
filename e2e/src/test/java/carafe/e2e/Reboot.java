package carafe.e2e;

import carafe.testkit.daemon.Instance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a reboot leaves of an instance whose daemon was killed: no process, no mount, no bundle, and
 * records of all that. (They name the same run of the machine: that another one makes their pids
 * strangers' is for RecoveryTest.)
 */
final class Reboot {
    private Reboot() {}

    static void pretend(Instance instance) throws IOException, InterruptedException {
        Set<Long> holders = holders(instance.state().resolve("pods"));
        List<ProcessHandle> shims =
                ProcessHandle.allProcesses()
                        .filter(each -> each.pid() > 1)
                        .filter(each ->
                                holders.contains(each.pid()) || isIn(instance.state(), each))
                        .toList();
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
        emptied(instance.state().resolve("pods"));
        emptied(instance.state().resolve("containers"));
    }

    /** The pods' holders, which have an empty root and no directory. */
    private static Set<Long> holders(Path pods) throws IOException {
        Set<Long> holders = new HashSet<>();
        try (Stream<Path> all = Files.list(pods)) {
            for (Path each : all.toList()) {
                holders.add(Long.parseLong(Files.readString(each.resolve("pid")).split(" ", 2)[0]));
            }
        }
        return holders;
    }

    private static boolean isIn(Path directory, ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
                    .startsWith(directory);
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private static void emptied(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            all.filter(each -> !each.equals(directory))
                    .sorted(Comparator.reverseOrder())
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
