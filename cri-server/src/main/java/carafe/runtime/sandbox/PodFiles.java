package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.runtime.api.DnsConfig;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.spec.IdMapArrays;
import carafe.runtime.state.BundleDirectory;
import carafe.runtime.state.PodRecord;
import carafe.runtime.state.StatePaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pod's directory: the holder's bundle, and in the pod's tmpfs the files its containers see in
 * {@code /etc} and {@code /dev/shm}.
 */
final class PodFiles {
    /** Size of a pod's tmpfs. */
    static final long MEMORY_BYTES = 64L << 20;

    private static final Path ROUTER_ADVERTISEMENTS =
            Path.of("/proc/sys/net/ipv6/conf/default/accept_ra");
    private static final int MAX_HOST_FILE = 1 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String HOSTS =
            """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::0\tip6-localnet
            fe00::0\tip6-mcastprefix
            fe00::1\tip6-allnodes
            fe00::2\tip6-allrouters
            """;

    private final StatePaths paths;
    private final DurableFiles files;
    private final Path hostEtc;

    /**
     * @param hostEtc where the node's own files are, {@code /etc}
     */
    PodFiles(StatePaths paths, DurableFiles files, Path hostEtc) {
        this.paths = paths;
        this.files = files;
        this.hostEtc = hostEtc;
    }

    /** Makes the directory and the empty mount point in it. */
    Path make(String id) {
        Path directory = paths.pod(id);
        BundleDirectory.make(directory);
        BundleDirectory.make(paths.podMemory(id));
        return directory;
    }

    /** Removes the directory; the tmpfs must be detached. */
    void delete(String id) {
        BundleDirectory.delete(paths.podMemory(id));
        BundleDirectory.delete(paths.pod(id));
    }

    /**
     * The holder's instructions.
     *
     * @param label of the files that the pod's containers share; empty = none
     */
    void writeBundle(PodRecord pod, SandboxSpec spec, String label) {
        String id = pod.id();
        String hostname = pod.settings().hostname();
        NamespaceModes modes = spec.linux().security().namespaces();
        ObjectNode shim = JSON.createObjectNode();
        shim.put("version", 1);
        shim.put("id", id);
        shim.put("hostname", hostname);
        ArrayNode namespaces = shim.putArray("namespaces");
        if (modes.network() == Mode.POD) {
            namespaces.add("net").add("uts");
        }
        if (modes.ipc() == Mode.POD) {
            namespaces.add("ipc");
        }
        if (modes.pid() == Mode.POD) {
            namespaces.add("pid");
        }
        modes.ownUser()
                .ifPresent(user -> {
                    namespaces.add("user");
                    IdMapArrays.fill(shim, user.uids(), user.gids());
                });
        ObjectNode sysctls = shim.putObject("sysctls");
        if (modes.network() == Mode.POD && Files.exists(ROUTER_ADVERTISEMENTS)) {
            // The pod's routes are its network's to give, not a neighbour's (CVE-2020-10749).
            sysctls.put("net.ipv6.conf.default.accept_ra", "0");
        }
        PodSysctls.of(spec.linux().sysctls(), modes).forEach(sysctls::put);
        shim.put("memBytes", MEMORY_BYTES);
        if (!label.isEmpty()) {
            shim.put("mountLabel", label);
        }
        write(paths.pod(id).resolve("shim.json"), JSON.writeValueAsBytes(shim));
    }

    /** What containers see, once the tmpfs is there. */
    void writeShared(String id, SandboxSpec spec, String hostname) {
        Path memory = paths.podMemory(id);
        NamespaceModes modes = spec.linux().security().namespaces();
        makeShm(memory.resolve("shm"));
        give(memory.resolve("shm"), modes);
        DnsConfig dns = spec.dns();
        byte[] resolvConf =
                dns == null || isEmpty(dns) ? hostFile("resolv.conf") : utf8(ResolvConf.of(dns));
        shared(memory.resolve("resolv.conf"), resolvConf, modes);
        shared(memory.resolve("hostname"), utf8(hostname + "\n"), modes);
        if (modes.network() == Mode.NODE) {
            shared(memory.resolve("hosts"), hostFile("hosts"), modes);
        }
    }

    /** Of a pod with a network of its own, when that is there and its addresses are known. */
    void writeHosts(String id, String hostname, List<String> addresses, NamespaceModes modes) {
        StringBuilder hosts = new StringBuilder(HOSTS);
        addresses.forEach(each -> hosts.append(each).append('\t').append(hostname).append('\n'));
        shared(paths.podMemory(id).resolve("hosts"), utf8(hosts.toString()), modes);
    }

    private static boolean isEmpty(DnsConfig dns) {
        return dns.servers().isEmpty() && dns.searches().isEmpty() && dns.options().isEmpty();
    }

    private byte[] hostFile(String name) {
        try {
            return files.read(hostEtc.resolve(name), MAX_HOST_FILE);
        } catch (NoSuchFileException e) {
            return new byte[0];
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "read the node's %s: %s".formatted(hostEtc.resolve(name), e), e);
        }
    }

    private static void makeShm(Path shm) {
        try {
            Files.createDirectory(shm);
            // Not by creation: the daemon's umask would take bits away.
            Files.setAttribute(shm, "unix:mode", 01777);
        } catch (FileAlreadyExistsException e) {
            return;
        } catch (IOException e) {
            throw new CarafeException.Internal("make %s: %s".formatted(shm, e), e);
        }
    }

    private void shared(Path file, byte[] content, NamespaceModes modes) {
        write(file, content);
        give(file, modes);
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        } catch (IOException e) {
            throw new CarafeException.Internal("open %s for reading: %s".formatted(file, e), e);
        }
    }

    /** To root of the pod's user namespace, if it has one. */
    private static void give(Path file, NamespaceModes modes) {
        modes.ownUser()
                .ifPresent(user -> {
                    try {
                        Files.setAttribute(file, "unix:uid", (int) user.rootUid());
                        Files.setAttribute(file, "unix:gid", (int) user.rootGid());
                    } catch (IOException e) {
                        throw new CarafeException.Internal(
                                "give %s to the pod's root: %s".formatted(file, e), e);
                    }
                });
    }

    private void write(Path file, byte[] content) {
        try {
            files.write(file, content, DurableFiles.Durability.PROCESS);
        } catch (IOException e) {
            throw new CarafeException.Internal("write %s: %s".formatted(file, e), e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
