package carafe.testkit.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy on 127.0.0.1 that leads every request, whatever host it names, to one address. It
 * remembers the heads of what it was asked. Thread-safe; close it.
 */
public final class ScriptedProxy implements AutoCloseable {
    private static final String BLANK = "\r\n\r\n";

    private final ServerSocket server;
    private final String target;
    private final String wanted;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private ScriptedProxy(ServerSocket server, String target, String wanted) {
        this.server = server;
        this.target = target;
        this.wanted = wanted;
    }

    /**
     * Starts one.
     *
     * @param target host and port that everything is led to
     * @param authorization what a client must show; empty for nothing
     */
    public static ScriptedProxy start(String target, String authorization) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        ScriptedProxy proxy = new ScriptedProxy(server, target, authorization);
        Thread.ofVirtual().name("scripted-proxy").start(proxy::accept);
        return proxy;
    }

    /** Host and port. */
    public String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** First lines and headers of all requests so far. */
    public List<String> heads() {
        return List.copyOf(heads);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void serve(Socket client) {
        int colon = target.lastIndexOf(':');
        int port = Integer.parseInt(target.substring(colon + 1));
        try (client) {
            String head = head(client.getInputStream());
            heads.add(head);
            if (!wanted.isEmpty() && !head.contains("Proxy-Authorization: " + wanted + "\r\n")) {
                say(
                        client,
                        "HTTP/1.1 407 Who Are You\r\nContent-Length: 0\r\nConnection: close"
                                + BLANK);
                return;
            }
            try (Socket onward = new Socket(target.substring(0, colon), port)) {
                open.add(onward);
                if (head.startsWith("CONNECT ")) {
                    say(client, "HTTP/1.1 200 Connected" + BLANK);
                } else {
                    say(onward, head.replaceFirst(" http://[^/ ]+", " "));
                }
                Thread back = Thread.ofVirtual().start(() -> copy(onward, client));
                copy(client, onward);
                back.join();
            }
        } catch (IOException e) {
            // one side went away
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf(BLANK) < 0) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("no request");
            }
            head.append((char) c);
        }
        return head.toString();
    }

    private static void copy(Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            // the other direction ends as well
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
