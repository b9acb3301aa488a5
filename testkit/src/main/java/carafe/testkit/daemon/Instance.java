package carafe.testkit.daemon;

import carafe.testkit.census.CensusScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * Where one daemon under test lives. All of it is below one directory or named after it, so that
 * two instances, and an installed one, never meet.
 *
 * @param name short and unique on the machine; part of cgroup and link names
 * @param dir its directory; short, for sockets below it must fit into 108 bytes
 */
public record Instance(String name, Path dir) {
    /**
     * Makes the directories of a new instance below {@code /var/tmp}, or below {@code
     * $CARAFE_TEST_DIR} if that is set.
     */
    public static Instance create() throws IOException {
        String top = System.getenv().getOrDefault("CARAFE_TEST_DIR", "/var/tmp");
        Path dir = Files.createTempDirectory(Path.of(top), "cft-");
        // Containers of other users must reach the files that tests mount from here.
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        Instance instance = new Instance(shortName(dir), dir);
        for (Path each : List.of(instance.logs(), instance.cniConf(), instance.scratch())) {
            Files.createDirectories(each);
        }
        return instance;
    }

    /** Durable state. */
    public Path root() {
        return dir.resolve("root");
    }

    /** Sockets and bundles. */
    public Path state() {
        return dir.resolve("run");
    }

    public Path socket() {
        return state().resolve("carafe.sock");
    }

    /** CNI configurations; none at first. */
    public Path cniConf() {
        return dir.resolve("cni");
    }

    /** Where plugins with a choice of directory keep their addresses. */
    public Path cniData() {
        return dir.resolve("ipam");
    }

    /** The logs of pods. */
    public Path logs() {
        return dir.resolve("logs");
    }

    /** What tests and their tools may write. */
    public Path scratch() {
        return dir.resolve("tmp");
    }

    /** What the daemon printed, over all its starts. */
    public Path daemonLog() {
        return dir.resolve("daemon.log");
    }

    public String shimsCgroup() {
        return "/" + name + "-shims";
    }

    public String podsCgroup() {
        return "/" + name + "-pods";
    }

    /** The name for a bridge of this instance; fits into the kernel's 15 bytes. */
    public String bridge() {
        return name.substring(0, Math.min(name.length(), 13)) + "br";
    }

    /** What a census of this instance counts. */
    public CensusScope scope() {
        return new CensusScope(
                List.of(root(), state(), cniData()), List.of(name), List.of(bridge()), Set.of());
    }

    private static String shortName(Path dir) {
        String random = dir.getFileName().toString().substring("cft-".length());
        return "cft" + Long.toString(Long.parseUnsignedLong(random) & 0xff_ffff_ffL, 36);
    }
}
