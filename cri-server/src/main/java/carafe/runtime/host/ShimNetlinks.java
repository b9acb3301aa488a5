package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.linux.Fd;
import carafe.linux.Sockets;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Netlink;
import carafe.linux.netlink.NetlinkSocket;
import carafe.network.bridge.Netlinks;
import carafe.runtime.shim.PodHandle;
import carafe.runtime.shim.ShimLauncher;
import carafe.runtime.state.StatePaths;
import java.nio.file.Path;
import java.time.Duration;

/** Sockets in pods' networks, opened there by the shim's role netsock. Thread-safe. */
public final class ShimNetlinks implements Netlinks {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final ShimLauncher launcher;
    private final StatePaths paths;

    public ShimNetlinks(ShimLauncher launcher, StatePaths paths) {
        this.launcher = launcher;
        this.paths = paths;
    }

    @Override
    public Netlink node() throws SyscallException {
        return NetlinkSocket.open();
    }

    @Override
    public Netlink pod(String podId) throws SyscallException {
        PodHandle pod =
                launcher.findPod(paths.pod(podId))
                        .orElseThrow(() ->
                                new CarafeException.Precondition(
                                        "pod sandbox %s has no holder".formatted(podId)));
        return NetlinkSocket.over(pod.netlink(DEADLINE));
    }

    @Override
    public Fd namespace(Path path) throws SyscallException {
        return Sockets.namespace(path);
    }
}
