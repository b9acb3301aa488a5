package carafe.config;

import carafe.network.bridge.BridgeSettings;
import carafe.network.bridge.IpRange;
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
        @Doc("The CRI server, which kubelet and crictl talk to.") Grpc grpc,
        @Doc("The server for the streams of exec, attach and port-forward.") Streaming streaming,
        @Doc("The Prometheus endpoint.") Metrics metrics,
        @Doc("Images and the registries they come from.") Images images,
        @Doc("How blobs of images come from registries, over all pulls.") Downloads downloads,
        @Doc("The network of pods.") Network network,
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
     * @param address of the loopback interface
     * @param idle how long a connection may be silent in both directions
     * @param tlsCert empty for no encryption
     * @param tlsKey empty if and only if tlsCert is
     * @param tlsClientCa empty for clients without certificates
     */
    public record Streaming(
            @Doc("Loopback address and port; port 0 takes any free one.") InetSocketAddress address,
            @Doc("A connection on which nothing was said for that long is closed.") Duration idle,
            @Doc(
                            "Certificate chain in PEM, the server's own first; empty means no TLS. Changed files are seen.")
                    Path tlsCert,
            @Doc("Its private key in PEM (PKCS #8). Changed files are seen.") Path tlsKey,
            @Doc(
                            "CA certificates in PEM: clients must show a certificate of theirs; empty asks for none.")
                    Path tlsClientCa) {
        public Streaming {
            if (!address.getAddress().isLoopbackAddress()) {
                throw new IllegalArgumentException(
                        "address is %s, must be a loopback one".formatted(address));
            }
            if (idle.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException(
                        "idle is %s, must be 1s or more".formatted(idle));
            }
            if (isSet(tlsCert) != isSet(tlsKey)) {
                throw new IllegalArgumentException(
                        "%s is set and %s is not; set both or none"
                                .formatted(
                                        isSet(tlsCert) ? "tls_cert" : "tls_key",
                                        isSet(tlsCert) ? "tls_key" : "tls_cert"));
            }
            if (isSet(tlsClientCa) && !isSet(tlsCert)) {
                throw new IllegalArgumentException(
                        "tls_client_ca is set and tls_cert is not; clients can show a certificate over TLS only");
            }
        }
    }

    /**
     * @param enabled whether to listen at all
     * @param address of the loopback interface
     */
    public record Metrics(
            @Doc("Whether to answer GET /metrics.") boolean enabled,
            @Doc("Loopback address and port; port 0 takes any free one.")
                    InetSocketAddress address) {}

    /**
     * @param certsDir one directory per registry
     * @param signaturePolicy may be missing
     * @param plainRegistries as references name them, with port
     * @param dockerConfig may be missing
     * @param credentialHelperDirs searched in this order
     * @param parallelLayers 0 for one more than there are processors, at least 3
     * @param pinned full names with tag
     */
    public record Images(
            @Doc(
                            value =
                                    "One directory per registry: mirrors in hosts.toml, CA and client certificates.",
                            live = true)
                    Path certsDir,
            @Doc(
                            value =
                                    "File that says which images may be used and who must have signed them; missing: all may.",
                            live = true)
                    Path signaturePolicy,
            @Doc(
                            value =
                                    "Registries spoken to without TLS, as [\"10.0.0.5:5000\"]; loopback ones always are.",
                            live = true)
                    List<String> plainRegistries,
            @Doc(
                            value =
                                    "Credentials for pulls that bring none, in the form of Docker's config.json.",
                            live = true)
                    Path dockerConfig,
            @Doc(
                            value =
                                    "Where the docker-credential-* programs are that docker_config names.",
                            live = true)
                    List<Path> credentialHelperDirs,
            @Doc("Layers downloaded and unpacked at once, over all pulls; 0 chooses by processors.")
                    int parallelLayers,
            @Doc(
                            value =
                                    "Images that kubelet's garbage collection must keep, by full name with tag.",
                            live = true)
                    List<String> pinned) {
        public Images {
            plainRegistries = List.copyOf(plainRegistries);
            credentialHelperDirs = List.copyOf(credentialHelperDirs);
            pinned = List.copyOf(pinned);
        }
    }

    /**
     * @param connectionsPerBlob 1 for never more than one
     * @param keepPartial zero for until the next start
     */
    public record Downloads(
            @Doc("Connections to registries that fetch blobs at once.") int connections,
            @Doc(
                            "Connections for one large blob, where one is too slow and the registry serves parts; 1 for never more.")
                    int connectionsPerBlob,
            @Doc("Bytes received and not yet written; 1MiB per connection at least.")
                    Bytes bytesInFlight,
            @Doc("How long a registry may send nothing before another one is asked.")
                    Duration noProgress,
            @Doc("How long a part of a blob is kept for the next pull to go on with.")
                    Duration keepPartial) {
        public Downloads {
            if (connections < 1 || connectionsPerBlob < 1) {
                throw new IllegalArgumentException("connections must be 1 or more");
            }
            if (!noProgress.isPositive() || keepPartial.isNegative()) {
                throw new IllegalArgumentException("times must be positive");
            }
            if (bytesInFlight.count() < 1 << 20) {
                throw new IllegalArgumentException(
                        "bytes_in_flight is %s, must be 1MiB or more".formatted(bytesInFlight));
            }
        }
    }

    /**
     * @param bridge also the name of the nftables table
     * @param bridgeIpv4 empty for none
     * @param bridgeIpv6 empty for none
     * @param bridgeMtu 0 for that of the node's default route
     */
    public record Network(
            @Doc(
                            "Who makes pod networks: cni (plugins), bridge (Carafe's own), or auto: plugins once there is a configuration in cni.conf_dir, the bridge until then.")
                    NetworkMode mode,
            @Doc("Name of Carafe's own bridge, and of its nftables table.") String bridge,
            @Doc(
                            "IPv4 range of pods on the bridge, unless kubelet announces one (pod CIDR); empty for no IPv4.")
                    String bridgeIpv4,
            @Doc("IPv6 range of pods on the bridge, as bridge_ipv4; empty for no IPv6.")
                    String bridgeIpv6,
            @Doc("Largest packet on the bridge in bytes; 0 for that of the node's default route.")
                    int bridgeMtu) {
        private static final int SMALLEST_MTU = 1280;

        public Network {
            if (!bridge.matches(BridgeSettings.NAME)) {
                throw new IllegalArgumentException(
                        "bridge is \"%s\", must be at most 15 lower-case letters, digits and _"
                                .formatted(bridge));
            }
            check("bridge_ipv4", bridgeIpv4, IpFamily.IPV4);
            check("bridge_ipv6", bridgeIpv6, IpFamily.IPV6);
            if (bridgeIpv4.isEmpty() && bridgeIpv6.isEmpty()) {
                throw new IllegalArgumentException("bridge_ipv4 and bridge_ipv6 are both empty");
            }
            if (bridgeMtu != 0 && bridgeMtu < SMALLEST_MTU) {
                throw new IllegalArgumentException(
                        "bridge_mtu is %d, must be 0 or at least %d"
                                .formatted(bridgeMtu, SMALLEST_MTU));
            }
        }

        private enum IpFamily {
            IPV4,
            IPV6
        }

        private static void check(String key, String text, IpFamily family) {
            if (text.isEmpty()) {
                return;
            }
            boolean fits;
            try {
                fits = IpRange.parse(text).isIpv4() == (family == IpFamily.IPV4);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
            }
            if (!fits) {
                throw new IllegalArgumentException(
                        "%s: \"%s\" is a range of the other family".formatted(key, text));
            }
        }
    }

    /** Who makes pod networks. */
    public enum NetworkMode {
        AUTO,
        CNI,
        BRIDGE
    }

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
                new Grpc(Path.of(""), Bytes.ofMiB(16), 1000, Duration.ofSeconds(10)),
                new Streaming(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                        Duration.ofHours(4),
                        Path.of(""),
                        Path.of(""),
                        Path.of("")),
                new Metrics(true, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 10010)),
                new Images(
                        Path.of("/etc/carafe/certs.d"),
                        Path.of("/etc/carafe/signatures.toml"),
                        List.of(),
                        Path.of("/etc/carafe/docker-config.json"),
                        List.of(Path.of("/usr/local/bin"), Path.of("/usr/bin")),
                        0,
                        List.of()),
                new Downloads(16, 4, Bytes.ofMiB(16), Duration.ofMinutes(5), Duration.ofHours(24)),
                new Network(NetworkMode.AUTO, "carafe0", "10.87.0.0/16", "fdca:fa87::/64", 0),
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

    private static boolean isSet(Path path) {
        return !path.toString().isEmpty();
    }

    /** The socket's path, derived from the state directory when it is not set. */
    public Path socket() {
        return grpc.socket().toString().isEmpty()
                ? storage.state().resolve("carafe.sock")
                : grpc.socket();
    }
}
