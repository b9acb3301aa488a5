package carafe.server;

import carafe.base.CarafeException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The path of the CRI socket. The listener binds {@link #bindPath()} inside a directory of mode
 * 0700; {@link #publish()} gives it mode 0660 and renames it to its place, so that it is never
 * wider than that, not even for a moment, and replaces a dead daemon's socket atomically. Closing
 * removes it, if it is still this one. Not thread-safe.
 */
final class SocketFile implements AutoCloseable {
    /** Longest path that fits in sockaddr_un with its final zero byte. */
    private static final int MAX_PATH_BYTES = 107;

    private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);

    private final Path path;
    private final Path staging;
    private boolean published;

    /**
     * @throws CarafeException.Invalid when the path is too long
     * @throws CarafeException.Precondition when another server answers there, or what is there is
     *     no socket
     */
    SocketFile(Path path) {
        this.path = path.toAbsolutePath();
        this.staging = this.path.resolveSibling(".new");
        checkLength();
        checkOccupant();
        Path parent = this.path.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            Directories.ensure(parent, "rwx--x--x");
        }
        Directories.ensure(staging, "rwx------");
        delete(bindPath());
    }

    /** Where the listener binds. */
    Path bindPath() {
        return staging.resolve("s");
    }

    /** Where clients find it. */
    Path path() {
        return path;
    }

    /** Puts the bound socket in its place. */
    void publish() {
        try {
            Files.setPosixFilePermissions(bindPath(), PosixFilePermissions.fromString("rw-rw----"));
            Files.move(bindPath(), path, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(staging);
            published = true;
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "cannot put the socket at %s: %s".formatted(path, e), e);
        }
    }

    @Override
    public void close() {
        if (published) {
            delete(path);
        } else {
            delete(bindPath());
            delete(staging);
        }
    }

    @Override
    public String toString() {
        return "socket " + path;
    }

    private void checkLength() {
        for (Path each : new Path[] {path, bindPath()}) {
            int length = each.toString().getBytes(StandardCharsets.UTF_8).length;
            if (length > MAX_PATH_BYTES) {
                throw new CarafeException.Invalid(
                        ("the socket path %s has %d bytes, a unix socket's may have %d; choose a"
                                        + " shorter one with --socket")
                                .formatted(each, length, MAX_PATH_BYTES));
            }
        }
    }

    private void checkOccupant() {
        BasicFileAttributes found;
        try {
            found =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new CarafeException.Precondition("cannot look at %s: %s".formatted(path, e), e);
        }
        if (!found.isOther()) {
            throw new CarafeException.Precondition(
                    path + " exists and is no socket; remove it or choose another with --socket");
        }
        if (answers()) {
            throw new CarafeException.Precondition(
                    "another server answers on %s; stop it or choose another with --socket"
                            .formatted(path));
        }
        LOG.atInfo().addKeyValue("socket", path).log("Replacing the socket of a dead daemon");
    }

    private boolean answers() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false; // connection refused: nobody listens
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("file", file).setCause(e).log("Cannot remove a file");
        }
    }
}
