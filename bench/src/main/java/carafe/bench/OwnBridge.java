package carafe.bench;

import carafe.base.DiskFiles;
import carafe.linux.Fd;
import carafe.linux.Sockets;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Netlink;
import carafe.linux.netlink.NetlinkSocket;
import carafe.network.bridge.BridgeNetwork;
import carafe.network.bridge.BridgePorts;
import carafe.network.bridge.BridgeSettings;
import carafe.network.bridge.IpRange;
import carafe.network.bridge.JournalFile;
import carafe.network.bridge.Netlinks;
import carafe.network.bridge.NftProgram;
import carafe.network.bridge.NodeSettings;
import carafe.network.cni.AttachRequest;
import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/**
 * ADD of the built-in network by itself, in a loop as {@link BareNetwork} is one: what comes on top
 * of the kernel's own part is the lease on the disk, the daemon's threads and Java. The pods'
 * namespaces and sockets are there before, as they are in a daemon. Owns its bridge.
 */
final class OwnBridge implements AutoCloseable {
    private static final int PODS = 10;
    private static final String NAME = "cfbenchadd";
    private static final Path NAMESPACES = Path.of("/run/netns");

    private final BridgeNetwork network;

    /**
     * @param dir for its leases
     */
    OwnBridge(Path dir) {
        this.network =
                new BridgeNetwork(
                        new BridgeSettings(
                                NAME,
                                Optional.of(IpRange.parse("10.230.8.0/24")),
                                Optional.of(IpRange.parse("fd23:8::/64")),
                                0,
                                dir.resolve("leases")),
                        new BridgePorts(
                                new Entering(),
                                NodeSettings.ofNode(),
                                new NftProgram(List.of(Path.of("/usr/sbin"), Path.of("/usr/bin"))),
                                new DiskFiles(),
                                JournalFile::onDisk,
                                _ -> {}));
        network.recover(Map.of());
    }

    /** Milliseconds for one pod, the mean of ten. */
    double measure() throws IOException, InterruptedException, SyscallException {
        List<String> pods = IntStream.range(0, PODS).mapToObj(each -> NAME + each).toList();
        try {
            for (String pod : pods) {
                String _ = Programs.run("ip", "netns", "add", pod);
                network.prepare(pod, Entering.socket(NAMESPACES.resolve(pod)));
            }
            double sum = 0;
            for (String pod : pods) {
                AttachRequest request =
                        new AttachRequest(
                                pod, NAMESPACES.resolve(pod).toString(), Map.of(), List.of());
                long begin = System.nanoTime();
                List<String> _ = network.attach(request);
                sum += (System.nanoTime() - begin) / 1e6;
            }
            return sum / PODS;
        } finally {
            for (String pod : pods) {
                network.detach(pod);
                String _ = Programs.run("ip", "netns", "delete", pod);
            }
        }
    }

    @Override
    public void close() {
        network.close();
    }

    /** In place of the shim: a thread enters the namespace, opens the socket and ends. */
    private static final class Entering implements Netlinks {
        private static final int CLONE_NEWNET = 0x40000000;

        static {
            Native.register(Entering.class, NativeLibrary.getProcess());
        }

        private static native int setns(int fd, int type) throws LastErrorException;

        static Netlink socket(Path namespace) throws SyscallException {
            FutureTask<Netlink> opened =
                    new FutureTask<>(() -> {
                        try (Fd fd = Sockets.namespace(namespace)) {
                            int _ = setns(fd.number(), CLONE_NEWNET);
                        }
                        return NetlinkSocket.open();
                    });
            Thread.ofPlatform().start(opened);
            try {
                return opened.get();
            } catch (Exception e) { // of a helper's thread, whatever it is
                throw new CompletionException(e);
            }
        }

        @Override
        public Netlink node() throws SyscallException {
            return NetlinkSocket.open();
        }

        @Override
        public Netlink pod(String podId) throws SyscallException {
            return socket(NAMESPACES.resolve(podId));
        }

        @Override
        public Fd namespace(Path path) throws SyscallException {
            return Sockets.namespace(path);
        }
    }
}
