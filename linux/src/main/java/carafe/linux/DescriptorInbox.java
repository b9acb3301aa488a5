package carafe.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A unix socket to which one other process of ours comes before it says by another way that it has:
 * to leave a descriptor by SCM_RIGHTS, or to be sent some. Nothing here waits. Owns the socket and
 * its file. Not thread-safe.
 */
public final class DescriptorInbox implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int OWNER_ONLY = 0600;

    private final Fd listener;
    private final Path file;

    private DescriptorInbox(Fd listener, Path file) {
        this.listener = listener;
        this.file = file;
    }

    /**
     * Makes the socket, mode 0600, for {@link #take}.
     *
     * @param directory of mode 0700; its path may be longer than a socket's address
     * @throws SyscallException EADDRINUSE when there is such a file
     */
    public static DescriptorInbox open(Path directory, String name) throws SyscallException {
        return open(directory, name, SOCK_STREAM);
    }

    /** The same for {@link #caller}. */
    public static DescriptorInbox openForCaller(Path directory, String name)
            throws SyscallException {
        return open(directory, name, SOCK_SEQPACKET);
    }

    private static DescriptorInbox open(Path directory, String name, int kind)
            throws SyscallException {
        int type = kind | SOCK_CLOEXEC | SOCK_NONBLOCK;
        Fd listener =
                new Fd((int) NativeCall.run("socket", "unix", () -> LibC.socket(AF_UNIX, type, 0)));
        Path file = directory.resolve(name);
        try (Fd handle = Fd.directory(directory)) {
            int fd = listener.number();
            // Before the bind, which gives the file the socket's mode: no umask to be changed.
            NativeCall.run("fchmod", file.toString(), () -> LibC.fchmod(fd, OWNER_ONLY));
            byte[] address = ReceivedDescriptor.address(handle.path().resolve(name));
            NativeCall.run("bind", file.toString(), () -> LibC.bind(fd, address, address.length));
            NativeCall.run("listen", file.toString(), () -> LibC.listen(fd, 1));
            return new DescriptorInbox(listener, file);
        } catch (SyscallException e) {
            listener.close();
            throw e;
        }
    }

    /**
     * What was left here.
     *
     * @return empty when nobody came
     * @throws SyscallException EPERM when the one who came is neither this user nor root
     */
    public Optional<Fd> take() throws SyscallException {
        Optional<Fd> came = accept();
        if (came.isEmpty()) {
            return Optional.empty();
        }
        try (Fd connection = came.get()) {
            return Optional.of(ReceivedDescriptor.receive(connection.number(), file, MSG_DONTWAIT));
        }
    }

    /**
     * The one who came, whom descriptors can be sent from now on.
     *
     * @return empty when nobody came
     * @throws SyscallException EPERM when the one who came is neither this user nor root
     */
    public Optional<DescriptorSender> caller() throws SyscallException {
        return accept().map(DescriptorSender::new);
    }

    private Optional<Fd> accept() throws SyscallException {
        int from = listener.number();
        Fd connection;
        try {
            connection =
                    new Fd(
                            (int)
                                    NativeCall.run(
                                            "accept",
                                            file.toString(),
                                            () -> LibC.accept4(from, 0, 0, SOCK_CLOEXEC)));
        } catch (SyscallException e) {
            if (e.is(Errno.EAGAIN)) {
                return Optional.empty();
            }
            throw e;
        }
        try {
            long uid = PeerCredentials.of(connection.number()).uid();
            if (uid != 0 && uid != PeerCredentials.ownUid()) {
                throw new SyscallException("accept", file.toString(), Errno.EPERM);
            }
            return Optional.of(connection);
        } catch (SyscallException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void close() {
        listener.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It goes with its directory; nobody listens there any more.
        }
    }
}
