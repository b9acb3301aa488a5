package carafe.network.bridge;

import carafe.linux.Fd;
import carafe.linux.Sockets;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Netlink;
import carafe.linux.netlink.NetlinkSocket;
import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;

/**
 * Sockets in namespaces of {@code ip netns}. What the shim does for the daemon a thread does here
 * that enters the namespace and ends; the daemon itself never does that.
 */
final class TestNetlinks implements Netlinks {
    private static final int CLONE_NEWNET = 0x40000000;

    static {
        Native.register(TestNetlinks.class, NativeLibrary.getProcess());
    }

    private static native int setns(int fd, int type) throws LastErrorException;

    /** Takes the calling thread there, which must be a platform thread that ends soon. */
    static void enter(Path namespace) throws SyscallException {
        try (Fd fd = Sockets.namespace(namespace)) {
            setns(fd.number(), CLONE_NEWNET);
        }
    }

    @Override
    public Netlink node() throws SyscallException {
        return NetlinkSocket.open();
    }

    @Override
    public Netlink pod(String podId) throws SyscallException {
        FutureTask<Netlink> opened =
                new FutureTask<>(() -> {
                    enter(Path.of("/run/netns", podId));
                    return NetlinkSocket.open();
                });
        Thread.ofPlatform().start(opened);
        try {
            return opened.get();
        } catch (Exception e) { // of a test's helper, whatever it is
            if (e.getCause() instanceof SyscallException cause) {
                throw cause;
            }
            throw new CompletionException(e);
        }
    }

    @Override
    public Fd namespace(Path path) throws SyscallException {
        return Sockets.namespace(path);
    }
}
