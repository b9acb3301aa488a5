package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * The sealed memory that a daemon's shims run from.
 *
 * @param file its name as a descriptor of the daemon
 */
record ShimMemory(Path file) {
    static ShimMemory of(long daemon) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/%d/fd".formatted(daemon)))) {
            return descriptors
                    .filter(ShimMemory::isShim)
                    .findFirst()
                    .map(ShimMemory::new)
                    .orElseThrow(() -> new AssertionError("the daemon holds no shim program"));
        }
    }

    /** Hash of the program in the build. */
    static String shipped() throws IOException {
        try (InputStream program =
                ShimMemory.class.getResourceAsStream("/carafe/shim/carafe-shim")) {
            if (program == null) {
                throw new IOException("the shim is not on the class path");
            }
            return hash(program.readAllBytes());
        }
    }

    String sha256() throws IOException {
        return hash(Files.readAllBytes(file));
    }

    /** Root of the node itself cannot write it, whether a shim runs or not. */
    void assertNotWritable() {
        assertThatThrownBy(
                        () -> {
                            try (FileChannel channel =
                                    FileChannel.open(file, StandardOpenOption.WRITE)) {
                                channel.write(ByteBuffer.wrap(new byte[] {0}));
                            }
                        })
                .isInstanceOf(IOException.class);
    }

    private static boolean isShim(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("/memfd:carafe-shim");
        } catch (IOException e) {
            return false;
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
