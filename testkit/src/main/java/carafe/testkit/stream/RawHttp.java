package carafe.testkit.stream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** HTTP by hand. */
public final class RawHttp {
    private RawHttp() {}

    /** Sends lines and reads the head of the answer; empty when there is none. */
    public static String send(Socket socket, String request) throws IOException {
        socket.getOutputStream()
                .write(request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /**
     * Sends lines that ask for an upgrade.
     *
     * @throws IOException with the answer when it is no upgrade; the socket is closed then
     */
    static void upgrade(Socket socket, String request) throws IOException {
        String answer = send(socket, request);
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            socket.close();
            throw new IOException(answer);
        }
    }

    /** Path and query, as they stand in a request's first line. */
    static String target(URI url) {
        return url.getRawQuery() == null
                ? url.getRawPath()
                : url.getRawPath() + "?" + url.getRawQuery();
    }

    /** What comes until the server hangs up. */
    public static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
