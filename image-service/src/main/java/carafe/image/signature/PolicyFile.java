package carafe.image.signature;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The policy as it is in its file now; read again when the file has changed. A missing file accepts
 * everything, one that cannot be read or understood nothing. Thread-safe.
 */
final class PolicyFile {
    private static final int MAX_BYTES = 1 << 20;

    private final Path file;
    private @Nullable Loaded last;

    PolicyFile(Path file) {
        this.file = file;
    }

    private record Loaded(String state, SignaturePolicy policy) {}

    /**
     * @throws CarafeException.Precondition when it cannot be read or is wrong
     */
    synchronized SignaturePolicy load() {
        try {
            BasicFileAttributes now =
                    file.getFileSystem()
                            .provider()
                            .readAttributesIfExists(file, BasicFileAttributes.class);
            if (now == null) {
                return SignaturePolicy.ACCEPT;
            }
            String state = "%s %s %d".formatted(now.fileKey(), now.lastModifiedTime(), now.size());
            Loaded known = last;
            if (known != null && known.state().equals(state)) {
                return known.policy();
            }
            SignaturePolicy fresh = new PolicyReader(file, read()).read();
            last = new Loaded(state, fresh);
            return fresh;
        } catch (NoSuchFileException e) {
            return SignaturePolicy.ACCEPT;
        } catch (IOException e) {
            throw new CarafeException.Precondition("cannot read %s: %s".formatted(file, e), e);
        }
    }

    private byte[] read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IOException("it is larger than %d bytes".formatted(MAX_BYTES));
            }
            return content;
        }
    }
}
