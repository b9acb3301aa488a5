package carafe.testkit.stream;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** How a client reaches the host and port of a URL. */
@FunctionalInterface
public interface Dialer {
    /** A connected socket, the caller's own. */
    Socket dial(URI url) throws IOException;

    /** Without encryption. */
    static Dialer plain() {
        return url -> new Socket(url.getHost(), url.getPort());
    }

    /** With TLS, the handshake done. */
    static Dialer tls(SSLContext context) {
        return url -> {
            SSLSocket socket =
                    (SSLSocket)
                            context.getSocketFactory().createSocket(url.getHost(), url.getPort());
            try {
                socket.startHandshake();
                return socket;
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        };
    }
}
