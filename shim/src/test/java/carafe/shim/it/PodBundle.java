package carafe.shim.it;

import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A pod's bundle and its holder. Closing kills the holder. */
final class PodBundle implements AutoCloseable {
    private final Path directory;
    private long holder;

    PodBundle(Path directory) {
        this.directory = directory;
    }

    Path path() {
        return directory;
    }

    /** Runs role pod; its result. */
    Message make(String fields) throws IOException {
        Files.writeString(
                directory.resolve("shim.json"), "{\"version\":1,\"id\":\"p\"" + fields + "}");
        ProcessBuilder builder =
                new ProcessBuilder(Machine.program().toString(), "pod")
                        .directory(directory.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectError(directory.resolve("stderr").toFile());
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        Process launcher = builder.start();
        try (InputStream result = launcher.getInputStream()) {
            byte[] prefix = result.readNBytes(Frames.PREFIX_BYTES);
            Message message = Codec.decode(result.readNBytes(Frames.bodyLength(prefix, 0)));
            if (message instanceof Reply.PodReady ready) {
                holder = ready.pid();
            }
            return message;
        } catch (WireException e) {
            throw new IOException(e);
        }
    }

    /** Makes it, which must succeed; the holder's pid. */
    long ready(String fields) throws IOException {
        Message message = make(fields);
        if (message instanceof Reply.PodReady) {
            return holder;
        }
        throw new AssertionError(message.toString());
    }

    @Override
    public void close() {
        if (holder > 1) {
            ProcessHandle.of(holder).ifPresent(ProcessHandle::destroyForcibly);
            Machine.await(
                    "the holder has ended", Duration.ofSeconds(20), () -> !Machine.isAlive(holder));
        }
    }
}
