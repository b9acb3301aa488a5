package carafe.testkit.registry;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One connection, one request: enough of HTTP/1.1 to be wrong in every way a test wants. Used by
 * one thread.
 */
public final class HttpWire implements AutoCloseable {
    private static final int MAX_HEAD = 64 << 10;

    private final Socket socket;

    HttpWire(Socket socket) {
        this.socket = socket;
    }

    /** Reads the request. */
    Received receive() throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!endsWithBlankLine(head)) {
            int c = in.read();
            if (c < 0 || head.size() > MAX_HEAD) {
                throw new EOFException("no request");
            }
            head.write(c);
        }
        String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n", -1);
        String[] first = lines[0].split(" ", -1);
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Received(first[0], first[1], headers, body);
    }

    private static boolean endsWithBlankLine(ByteArrayOutputStream head) {
        byte[] end = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        if (head.size() < end.length) {
            return false;
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r\n\r\n");
    }

    /** Sends a whole reply. */
    public void send(Reply reply) throws IOException {
        head(reply, reply.body().length);
        write(reply.body());
    }

    /**
     * Sends status and headers.
     *
     * @param contentLength −1 for a body that ends with the connection
     */
    public void head(Reply reply, long contentLength) throws IOException {
        StringBuilder text =
                new StringBuilder("HTTP/1.1 %d Scripted\r\n".formatted(reply.status()));
        reply.headers()
                .forEach((name, value) ->
                        text.append(name).append(": ").append(value).append("\r\n"));
        if (contentLength >= 0) {
            text.append("Content-Length: ").append(contentLength).append("\r\n");
        }
        text.append("Connection: close\r\n\r\n");
        write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes. */
    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Ends the connection with a TCP reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Keeps the connection open and silent until the peer or the registry closes it. */
    public void stall() throws IOException {
        while (socket.getInputStream().read() >= 0) {
            pause(Duration.ofMillis(1));
        }
    }

    /** Waits. */
    public void pause(Duration time) throws IOException {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("registry closed");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
