package carafe.streaming.server;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket client of remote commands. */
final class WebSocketClient implements AutoCloseable, WebSocket.Listener {
    private static final int SECONDS = 20;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, ByteArrayOutputStream> received = new HashMap<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    WebSocketClient(URI url, String protocol) throws Exception {
        URI ws = URI.create(url.toString().replace("http:", "ws:"));
        socket =
                http.newWebSocketBuilder()
                        .subprotocols(protocol)
                        .buildAsync(ws, this)
                        .get(SECONDS, TimeUnit.SECONDS);
    }

    void send(int channel, String content) throws Exception {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[bytes.length + 1];
        whole[0] = (byte) channel;
        System.arraycopy(bytes, 0, whole, 1, bytes.length);
        sendBytes(whole);
    }

    void sendBytes(byte[] bytes) throws Exception {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).get(SECONDS, TimeUnit.SECONDS);
    }

    void sendText(String content) throws Exception {
        socket.sendText(content, true).get(SECONDS, TimeUnit.SECONDS);
    }

    /** Waits until a channel has brought this. */
    synchronized void await(int channel, String content) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!on(channel).contains(content)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("channel " + channel + " brought " + on(channel));
            }
            wait(100);
        }
    }

    private String on(int channel) {
        ByteArrayOutputStream bytes = received.get(channel);
        return bytes == null ? "" : bytes.toString(StandardCharsets.UTF_8);
    }

    /** The server's status code at its end of the connection. */
    int awaitClose() throws Exception {
        return closed.get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onBinary(
            WebSocket webSocket, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        message.writeBytes(bytes);
        if (last) {
            take(message.toByteArray());
            message.reset();
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onText(
            WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            byte[] plain = Base64.getDecoder().decode(text.substring(1));
            byte[] whole = new byte[plain.length + 1];
            whole[0] = (byte) (text.charAt(0) - '0');
            System.arraycopy(plain, 0, whole, 1, plain.length);
            take(whole);
            text.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    private void take(byte[] whole) {
        received.computeIfAbsent((int) whole[0], _ -> new ByteArrayOutputStream())
                .write(whole, 1, whole.length - 1);
        notifyAll();
    }

    @Override
    public @Nullable CompletionStage<?> onClose(
            WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        return null;
    }

    @Override
    public void close() {
        socket.abort();
        http.close();
    }
}
