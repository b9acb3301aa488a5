package carafe.linux.dbus;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One conversation with a message bus. Made, used and closed by one thread; all waits of it
 * together take no longer than its deadline. Not for hot paths: it has a socket and a selector of
 * its own.
 */
public final class DbusConnection implements AutoCloseable {
    private static final DbusObject BUS =
            new DbusObject("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus");
    private static final int MAX_LINE = 512;
    private static final int READ_BYTES = 16 << 10;

    /** Signals kept for {@link #awaitSignal}; a bus that sends more in one conversation is ill. */
    private static final int MAX_SIGNALS = 4096;

    private final SocketChannel channel;
    private final Selector selector;
    private final long endNanos;
    private final Duration deadline;
    private final Deque<DbusMessage> signals = new ArrayDeque<>();
    private final ByteBuffer received = ByteBuffer.allocate(READ_BYTES).flip();
    private int serial;

    private DbusConnection(SocketChannel channel, Selector selector, Duration deadline) {
        this.channel = channel;
        this.selector = selector;
        this.deadline = deadline;
        this.endNanos = System.nanoTime() + deadline.toNanos();
    }

    /**
     * Connects, says who we are and takes part in the bus.
     *
     * @param deadline of the whole conversation
     * @throws java.net.ProtocolException when something else than a bus answers
     * @throws InterruptedIOException when the deadline passes
     */
    public static DbusConnection open(Path socket, Duration deadline) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = null;
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            DbusConnection made = new DbusConnection(channel, selector, deadline);
            made.introduce();
            return made;
        } catch (IOException | RuntimeException e) {
            if (selector != null) {
                selector.close();
            }
            channel.close();
            throw e;
        }
    }

    private void introduce() throws IOException {
        String user = String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        String hex = HexFormat.of().formatHex(user.getBytes(StandardCharsets.US_ASCII));
        send(("\0AUTH EXTERNAL " + hex + "\r\n").getBytes(StandardCharsets.US_ASCII));
        String answer = line();
        if (!answer.startsWith("OK ")) {
            throw new ProtocolException(
                    "the bus does not let user %s in: %s".formatted(user, answer));
        }
        send("BEGIN\r\n".getBytes(StandardCharsets.US_ASCII));
        call(BUS, "Hello", "", List.of());
    }

    /** Asks the bus for the signals that a match rule describes. */
    public void subscribe(String rule) throws IOException {
        call(BUS, "AddMatch", "s", List.of(rule));
    }

    /**
     * Calls a method and waits for its answer.
     *
     * @param signature of the arguments
     * @param body see {@link DbusMessage}
     * @return what it returns
     * @throws DbusErrorException when it refuses
     */
    public List<Object> call(DbusObject on, String member, String signature, List<?> body)
            throws IOException {
        int mine = ++serial;
        send(DbusMessage.call(mine, on, member, signature, body).encode());
        while (true) {
            DbusMessage message = next();
            boolean answer = message.replySerial() == mine;
            if (answer && message.type() == DbusMessage.Type.RETURN) {
                return message.body();
            }
            if (answer && message.type() == DbusMessage.Type.ERROR) {
                throw new DbusErrorException(message.errorName(), firstText(message.body()));
            }
            keep(message);
        }
    }

    private static String firstText(List<Object> body) {
        return !body.isEmpty() && body.getFirst() instanceof String text ? text : "";
    }

    /** Waits for a signal that has come since the connection was made, or comes. */
    public DbusMessage awaitSignal(Predicate<DbusMessage> wanted) throws IOException {
        while (true) {
            Optional<DbusMessage> found = signals.stream().filter(wanted).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            keep(next());
        }
    }

    /** Calls to us and answers to nothing are passed over. */
    private void keep(DbusMessage message) throws ProtocolException {
        if (message.type() == DbusMessage.Type.SIGNAL) {
            if (signals.size() == MAX_SIGNALS) {
                throw new ProtocolException("more than %d signals".formatted(MAX_SIGNALS));
            }
            signals.add(message);
        }
    }

    private DbusMessage next() throws IOException {
        byte[] fixed = take(DbusMessage.FIXED_BYTES);
        byte[] all = new byte[DbusMessage.length(fixed)];
        System.arraycopy(fixed, 0, all, 0, fixed.length);
        byte[] rest = take(all.length - fixed.length);
        System.arraycopy(rest, 0, all, fixed.length, rest.length);
        return DbusMessage.decode(all);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < MAX_LINE) {
            char next = (char) (take(1)[0] & 0xff);
            if (next == '\n') {
                return line.toString().strip();
            }
            line.append(next);
        }
        throw new ProtocolException("a line of more than %d characters".formatted(MAX_LINE));
    }

    private byte[] take(int count) throws IOException {
        byte[] taken = new byte[count];
        int have = 0;
        while (have < count) {
            if (!received.hasRemaining()) {
                receive();
            }
            int part = Math.min(count - have, received.remaining());
            received.get(taken, have, part);
            have += part;
        }
        return taken;
    }

    private void receive() throws IOException {
        received.clear();
        int count = channel.read(received);
        while (count == 0) {
            await(SelectionKey.OP_READ);
            count = channel.read(received);
        }
        received.flip();
        if (count < 0) {
            throw new ProtocolException("the bus closed the connection");
        }
    }

    private void send(byte[] bytes) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                await(SelectionKey.OP_WRITE);
            }
        }
    }

    private void await(int operation) throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.interestOps(operation);
        }
        long millis = (endNanos - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || Thread.interrupted()) {
            throw new InterruptedIOException("no answer within " + deadline.toMillis() + " ms");
        }
        selector.select(millis);
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
