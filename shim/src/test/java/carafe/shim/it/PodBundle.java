package carafe.shim.it;

import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        return resultOf(launch(fields));
    }

    /**
     * Runs role pod by another program.
     *
     * @return that program when there is no pod, null = the pod was made
     */
    @Nullable Process attempt(String fields, String... by) throws IOException {
        Process launcher = launch(fields, by);
        try {
            return resultOf(launcher) instanceof Reply.PodReady ? null : launcher;
        } catch (EOFException e) {
            // It could not even say that it failed.
            return launcher;
        }
    }

    private Process launch(String fields, String... by) throws IOException {
        Files.writeString(
                directory.resolve("shim.json"), "{\"version\":1,\"id\":\"p\"" + fields + "}");
        List<String> command = new ArrayList<>(List.of(by));
        command.addAll(List.of(Machine.program().toString(), "pod"));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectError(directory.resolve("stderr").toFile());
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private Message resultOf(Process launcher) throws IOException {
        InputStream result = launcher.getInputStream();
        byte[] prefix = result.readNBytes(Frames.PREFIX_BYTES);
        if (prefix.length < Frames.PREFIX_BYTES) {
            throw new EOFException("no result");
        }
        try {
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
