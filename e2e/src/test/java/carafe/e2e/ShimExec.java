package carafe.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;
import carafe.testkit.daemon.Instance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs a program with a terminal in a container by asking its shim, as the daemon does: the process
 * of the bundle's config.json with another command.
 */
final class ShimExec {
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Instance instance;

    ShimExec(Instance instance) {
        this.instance = instance;
    }

    /** What the program writes to its terminal until it ends. */
    String onTerminal(String containerId, String... command) throws IOException {
        Path bundle = instance.state().resolve("containers").resolve(containerId);
        // A socket's path must be short.
        Path link = Files.createSymbolicLink(instance.scratch().resolve("b"), bundle);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(link.resolve("s")));
            send(channel, request(bundle, command));
            return output(Channels.newInputStream(channel));
        } catch (WireException e) {
            throw new IOException(e);
        } finally {
            Files.delete(link);
        }
    }

    private static Request request(Path bundle, String... command) throws IOException {
        JsonNode config = JSON.readTree(Files.readString(bundle.resolve("config.json")));
        ObjectNode process = (ObjectNode) config.path("process");
        byte[][] env = texts(process.remove("env"));
        String cwd = process.remove("cwd").asString();
        process.remove("args");
        process.put("terminal", true);
        return new Request.Exec(
                JSON.writeValueAsBytes(process),
                Arrays.stream(command).map(each -> each.getBytes(UTF_8)).toArray(byte[][]::new),
                env,
                cwd.getBytes(UTF_8),
                TIMEOUT_MILLIS,
                TIMEOUT_MILLIS,
                false,
                true);
    }

    private static byte[][] texts(JsonNode entries) {
        return entries.valueStream()
                .map(each -> each.asString().getBytes(UTF_8))
                .toArray(byte[][]::new);
    }

    private static void send(SocketChannel channel, Message message)
            throws IOException, WireException {
        ByteBuffer frame = ByteBuffer.wrap(Codec.encode(message));
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    private static String output(InputStream in) throws IOException, WireException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        while (true) {
            byte[] prefix = in.readNBytes(Frames.PREFIX_BYTES);
            Message message = Codec.decode(in.readNBytes(Frames.bodyLength(prefix, 0)));
            switch (message) {
                case Reply.Output piece -> output.writeBytes(piece.bytes());
                case Reply.ExecStarted _ -> {}
                case Reply.ExecExited exited when exited.code() == 0 -> {
                    return output.toString(UTF_8);
                }
                default ->
                        throw new AssertionError(
                                "the exec ended with " + message + " after " + output);
            }
        }
    }
}
