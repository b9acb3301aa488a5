package carafe.runtime.shim;

import carafe.linux.cgroup.Cgroup;
import carafe.linux.cgroup.JoinTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;

/** The bundle of one container whose root is a static busybox. */
final class TestBundle {
    static final Path BUSYBOX = Path.of("/usr/bin/busybox");

    private final Path directory;
    private final Path log;

    private TestBundle(Path directory, Path log) {
        this.directory = directory;
        this.log = log;
    }

    Path directory() {
        return directory;
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    Path logFile() {
        return log;
    }

    /**
     * @param layer made by {@link #layer}
     * @param cgroup made already
     * @param command for {@code sh -c}, or a path when it starts with a slash
     */
    static TestBundle make(Path work, String id, Path layer, Cgroup cgroup, String command)
            throws IOException {
        Path directory =
                Files.createDirectories(
                        work.resolve(id),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        Files.createDirectories(directory.resolve("rootfs"));
        Path upper = Files.createDirectories(work.resolve(id + "-upper"));
        Path scratch = Files.createDirectories(work.resolve(id + "-work"));
        Path log = work.resolve(id + ".log");
        String args =
                command.startsWith("/")
                        ? "[\"" + command + "\"]"
                        : "[\"/bin/sh\",\"-c\",\"" + command.replace("\"", "\\\"") + "\"]";
        Files.writeString(directory.resolve("config.json"), config(args));
        Files.writeString(
                directory.resolve("shim.json"),
                """
                {"version":1,"id":"%s","logPath":"%s",
                 "rootfs":{"lower":["%s"],"upper":"%s","work":"%s"},
                 "cgroups":%s}
                """
                        .formatted(id, log, layer, upper, scratch, cgroups(cgroup)));
        return new TestBundle(directory, log);
    }

    private static String cgroups(Cgroup cgroup) {
        JoinTargets targets = cgroup.joinTargets();
        String join =
                targets.tasks().stream()
                        .map(path -> "\"" + path + "\"")
                        .collect(Collectors.joining(",", "[", "]"));
        String unified = targets.unified().map(path -> ",\"unified\":\"" + path + "\"").orElse("");
        String memory =
                targets.memory()
                        .map(path ->
                                ",\"memory\":\"%s\",\"memoryVersion\":%d"
                                        .formatted(path, targets.memoryVersion()))
                        .orElse("");
        return "{\"join\":" + join + unified + memory + "}";
    }

    private static String config(String args) {
        return """
        {"ociVersion":"1.1.0","root":{"path":"rootfs"},"hostname":"box",
         "process":%s,
         "mounts":[
          {"destination":"/proc","type":"proc","source":"proc"},
          {"destination":"/dev","type":"tmpfs","source":"tmpfs",
           "options":["nosuid","strictatime","mode=755","size=65536k"]}],
         "linux":{"namespaces":[{"type":"pid"},{"type":"mount"},{"type":"uts"},
          {"type":"ipc"},{"type":"network"},{"type":"cgroup"}]}}
        """
                .formatted(process(args));
    }

    /** A process object of root without capabilities. */
    static String process(String args) {
        return """
        {"terminal":false,"user":{"uid":0,"gid":0},"args":%s,"cwd":"/",
         "env":["PATH=/bin"],"noNewPrivileges":true,
         "capabilities":{"bounding":[],"effective":[],"permitted":[]}}
        """
                .formatted(args);
    }

    /** A directory with busybox and the links to it that the tests use. */
    static Path layer(Path work) throws IOException {
        Path layer = work.resolve("layer");
        Path bin = Files.createDirectories(layer.resolve("bin"));
        for (String name : new String[] {"proc", "dev", "sys", "tmp", "etc"}) {
            Files.createDirectories(layer.resolve(name));
        }
        Path busybox = Files.copy(BUSYBOX, bin.resolve("busybox"));
        Files.setPosixFilePermissions(busybox, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String name :
                new String[] {
                    "sh", "true", "sleep", "echo", "cat", "kill", "seq", "head", "yes", "tail"
                }) {
            Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
        }
        return layer;
    }
}
