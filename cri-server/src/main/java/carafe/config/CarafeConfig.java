package carafe.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Everything that can be set. A key's name in the file is the component's name in snake_case; the
 * comments of the default file are the {@link Doc} texts. Immutable.
 */
public record CarafeConfig(
        @Doc("Where Carafe keeps what it keeps.") Storage storage,
        @Doc("What containers write into their root file systems.")
                WritableLayersSection writableLayers,
        @Doc("The CRI server, which kubelet and crictl talk to.") Grpc grpc,
        @Doc("The server for the streams of exec, attach and port-forward.")
                StreamingSection streaming,
        @Doc("The Prometheus endpoint.") Metrics metrics,
        @Doc("Spans of calls by OpenTelemetry's protocol (OTLP over HTTP).") TracingSection tracing,
        @Doc("Images and the registries they come from.") ImagesSection images,
        @Doc("How blobs of images come from registries, over all pulls.")
                DownloadsSection downloads,
        @Doc("The network of pods.") NetworkSection network,
        @Doc("Pod networks by CNI plugins.") Cni cni,
        @Doc("Control groups.") Cgroup cgroup,
        @Doc("Who makes containers.") Runtimes runtime,
        @Doc("Devices of the node in containers.") Devices devices,
        @Doc("The logs of containers, and Carafe's own.") Log log) {

    /**
     * @param root durable state; mode 0700
     * @param state what need not survive a reboot; mode 0711
     */
    public record Storage(
            @Doc("Images, snapshots and the records of pods and containers.") Path root,
            @Doc("Sockets and bundles of running pods; may be on tmpfs.") Path state) {}

    /**
     * @param socket empty for {@code carafe.sock} in the state directory
     * @param maxMessage per message, both ways
     * @param maxConcurrentCalls per connection
     */
    public record Grpc(
            @Doc("Path of the CRI socket, mode 0660; empty means carafe.sock in storage.state.")
                    Path socket,
            @Doc("Largest message in either direction; kubelet's own limit is 16MiB.")
                    Bytes maxMessage,
            @Doc("Calls that run at once per connection.") int maxConcurrentCalls,
            @Doc("How long running calls may take to end when Carafe stops.")
                    Duration shutdownGrace) {}

    /**
     * @param enabled whether to listen at all
     * @param address of the loopback interface
     */
    public record Metrics(
            @Doc("Whether to answer GET /metrics.") boolean enabled,
            @Doc("Loopback address and port; port 0 takes any free one.")
                    InetSocketAddress address) {}

    /**
     * @param confDir the first {@code *.conflist}, {@code *.conf} or {@code *.json} in it counts
     */
    public record Cni(
            @Doc("Directory of CNI network configurations; the first file by name is used.")
                    Path confDir,
            @Doc("Directories searched for CNI plugins, in this order.") List<Path> binDirs,
            @Doc("Name of the network that gives pods eth0; empty for that of the first file.")
                    String network,
            @Doc("Networks per pod: the first one, then the others by file name; 0 for all.")
                    int networksPerPod) {
        public Cni {
            binDirs = List.copyOf(binDirs);
        }
    }

    /**
     * @param driver also told to the kubelet, which follows
     * @param shims absolute within each hierarchy
     * @param podsWithoutParent absolute within each hierarchy
     * @param systemdBus used by driver systemd only
     * @param pidsPerContainer 0 for any number
     */
    public record Cgroup(
            @Doc("Who makes the cgroups of pods: cgroupfs (Carafe itself) or systemd (over D-Bus).")
                    CgroupDriver driver,
            @Doc(
                            "The cgroup of all shims: outside every pod, so that a pod's OOM spares them; with systemd its last name is a scope in system.slice.")
                    String shims,
            @Doc(
                            "Parent of pods whose request names no cgroup parent (crictl's do not); with systemd a slice.")
                    String podsWithoutParent,
            @Doc("Socket of the system's message bus, for driver systemd.") Path systemdBus,
            @Doc("Most tasks of a container that says nothing of them; 0 for any number.")
                    int pidsPerContainer) {}

    /** Who makes the cgroups of pods. */
    public enum CgroupDriver {
        CGROUPFS,
        SYSTEMD
    }

    /**
     * @param handlers by the names that RuntimeClasses use; Carafe itself is not among them
     */
    public record Runtimes(
            @Doc("Other OCI runtimes by handler name, as {runc = {program = \"/usr/sbin/runc\"}}.")
                    Map<String, Handler> handlers) {
        public Runtimes {
            handlers = Map.copyOf(handlers);
        }
    }

    /**
     * @param program takes the command line of runc
     */
    public record Handler(@Doc("Absolute path of the OCI runtime.") Path program) {
        /** Nothing set. */
        static final Handler UNSET = new Handler(Path.of(""));
    }

    /**
     * @param cdiSpecDirs a later one has the higher priority
     */
    public record Devices(
            @Doc(
                            "Directories of CDI files (*.json, *.yaml); a later one wins. Read for each container.")
                    List<Path> cdiSpecDirs,
            @Doc(
                            "Whether devices belong to a container's run_as_user and run_as_group, not to the node's owner.")
                    boolean ownershipFromSecurityContext) {
        public Devices {
            cdiSpecDirs = List.copyOf(cdiSpecDirs);
        }
    }

    /**
     * @param level of Carafe's own log
     * @param format of Carafe's own log
     * @param maxLine of a container's log; longer lines are split into parts
     */
    public record Log(
            @Doc(
                            value =
                                    "Carafe's own log on standard error: error, warn, info, debug or trace.",
                            live = true)
                    Level level,
            @Doc(value = "Its form: text, or json with one object a line.", live = true)
                    Format format,
            @Doc(
                            value =
                                    "Longest part of a container's log line, 256B to 64KiB; longer lines get several.",
                            live = true)
                    Bytes maxLine) {
        private static final long SHORTEST_LINE = 256;
        private static final long LONGEST_LINE = 64 * 1024;

        public Log {
            if (maxLine.count() < SHORTEST_LINE || maxLine.count() > LONGEST_LINE) {
                throw new IllegalArgumentException(
                        "max_line is %s, must be 256B to 64KiB".formatted(maxLine));
            }
        }
    }

    /** How Carafe's own log is written. */
    public enum Format {
        TEXT,
        JSON
    }

    /** How much Carafe says about itself. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /** What counts where nothing is set. */
    public static CarafeConfig defaults() {
        return new CarafeConfig(
                new Storage(Path.of("/var/lib/carafe"), Path.of("/run/carafe")),
                WritableLayersSection.usual(),
                new Grpc(Path.of(""), Bytes.ofMiB(16), 1000, Duration.ofSeconds(10)),
                StreamingSection.usual(),
                new Metrics(true, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 10010)),
                TracingSection.usual(),
                ImagesSection.usual(),
                DownloadsSection.usual(),
                NetworkSection.usual(),
                new Cni(
                        Path.of("/etc/cni/net.d"),
                        List.of(
                                Path.of("/opt/cni/bin"),
                                Path.of("/usr/lib/cni"),
                                Path.of("/usr/libexec/cni")),
                        "",
                        1),
                new Cgroup(
                        CgroupDriver.CGROUPFS,
                        "/carafe-shims",
                        "/carafe",
                        Path.of("/run/dbus/system_bus_socket"),
                        0),
                new Runtimes(Map.of()),
                new Devices(List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi")), false),
                new Log(Level.INFO, Format.TEXT, Bytes.ofKiB(16)));
    }

    /** The socket's path, derived from the state directory when it is not set. */
    public Path socket() {
        return grpc.socket().toString().isEmpty()
                ? storage.state().resolve("carafe.sock")
                : grpc.socket();
    }
}
