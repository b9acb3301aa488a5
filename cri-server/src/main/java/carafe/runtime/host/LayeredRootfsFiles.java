package carafe.runtime.host;

import carafe.base.BlockingCalls;
import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.runtime.port.RootfsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads files of a root file system straight from its layers, before anything is mounted.
 * Thread-safe.
 */
public final class LayeredRootfsFiles implements RootfsFiles {
    private final FileCalls files;
    private final BlockingCalls calls;

    public LayeredRootfsFiles(FileCalls files, BlockingCalls calls) {
        this.files = files;
        this.calls = calls;
    }

    @Override
    public Optional<byte[]> read(
            List<Path> lowerTopFirst, String path, int maxBytes, Duration deadline) {
        String key = "read " + path + " of " + lowerTopFirst.hashCode();
        try {
            return calls.call(
                    key,
                    () -> {
                        try (LayeredLookup lookup = new LayeredLookup(files, lowerTopFirst)) {
                            return lookup.read(path, maxBytes);
                        }
                    },
                    deadline);
        } catch (CarafeException e) {
            throw e;
        } catch (SyscallException e) {
            throw new CarafeException.Internal(
                    "read %s of the image: %s".formatted(path, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Unavailable("read " + path + " was interrupted", e);
        } catch (Exception e) {
            throw new CarafeException.Internal("read %s of the image: %s".formatted(path, e), e);
        }
    }
}
