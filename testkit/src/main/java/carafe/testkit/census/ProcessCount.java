package carafe.testkit.census;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts the processes of a scope, the dead that nobody has collected, and the network namespaces
 * that its processes keep alive.
 */
final class ProcessCount {
    private final CensusScope scope;
    private final long self = ProcessHandle.current().pid();
    private final String hostNetwork = ProcFiles.link(Path.of("/proc/self/ns/net"));

    ProcessCount(CensusScope scope) {
        this.scope = scope;
    }

    void addTo(Set<String> entries) {
        List<Path> processes = ProcFiles.processes();
        Set<Long> members = new HashSet<>();
        for (Path process : processes) {
            if (isMember(process)) {
                members.add(pid(process));
            }
        }
        for (Path process : processes) {
            count(process, members, entries);
        }
    }

    private void count(Path process, Set<Long> members, Set<String> entries) {
        long pid = pid(process);
        String stat = ProcFiles.text(process.resolve("stat"));
        if (stat.isEmpty()) {
            return;
        }
        String name = ProcFiles.text(process.resolve("comm")).strip();
        // The name may hold blanks and brackets; what follows its last bracket may not.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        boolean counts = pid != self && !scope.exceptPids().contains(pid);
        if (fields[0].equals("Z") && counts) {
            if (members.contains(pid) || members.contains(Long.parseLong(fields[1]))) {
                entries.add("zombie %d %s of %s".formatted(pid, name, fields[1]));
            }
        } else if (members.contains(pid) && counts) {
            entries.add("process %d %s".formatted(pid, name));
        }
        if (members.contains(pid)) {
            network(process, entries);
        }
    }

    private boolean isMember(Path process) {
        if (pid(process) == self) {
            return false;
        }
        return scope.mentions(
                ProcFiles.link(process.resolve("cwd"))
                        + "\n"
                        + ProcFiles.text(process.resolve("cmdline"))
                        + "\n"
                        + ProcFiles.text(process.resolve("cgroup")));
    }

    private void network(Path process, Set<String> entries) {
        addNetwork(ProcFiles.link(process.resolve("ns/net")), entries);
        for (Path fd : ProcFiles.list(process.resolve("fd"))) {
            addNetwork(ProcFiles.link(fd), entries);
        }
    }

    private void addNetwork(String link, Set<String> entries) {
        if (link.startsWith("net:[") && !link.equals(hostNetwork)) {
            entries.add("netns " + link);
        }
    }

    private static long pid(Path process) {
        return Long.parseLong(process.getFileName().toString());
    }
}
