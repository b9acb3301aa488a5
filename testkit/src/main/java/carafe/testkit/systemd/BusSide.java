package carafe.testkit.systemd;

import carafe.linux.dbus.DbusMessage;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The bus's side of one connection. Used by one thread. */
final class BusSide {
    private static final int FIXED = 16;

    private final DataInputStream in;
    private final OutputStream out;
    private int serial;

    BusSide(SocketChannel client) {
        this.in = new DataInputStream(Channels.newInputStream(client));
        this.out = Channels.newOutputStream(client);
    }

    void authenticate() throws IOException {
        String line = line();
        if (!line.startsWith("\0AUTH EXTERNAL ")) {
            throw new IOException("no authentication: " + line);
        }
        write("OK 0123456789abcdef0123456789abcdef\r\n".getBytes(StandardCharsets.US_ASCII));
        if (!line().equals("BEGIN")) {
            throw new IOException("no beginning");
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            line.write(c);
        }
        return line.toString(StandardCharsets.US_ASCII).replace("\r", "");
    }

    DbusMessage read() throws IOException {
        byte[] fixed = in.readNBytes(FIXED);
        if (fixed.length < FIXED) {
            throw new IOException("the client has left");
        }
        ByteBuffer head = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
        int rest = (head.getInt(12) + 7) / 8 * 8 + head.getInt(4);
        byte[] all = new byte[FIXED + rest];
        System.arraycopy(fixed, 0, all, 0, FIXED);
        in.readFully(all, FIXED, rest);
        return DbusMessage.decode(all);
    }

    void signal(String path, String face, String member, String signature, List<Object> body)
            throws IOException {
        write(
                new DbusMessage(
                                DbusMessage.Type.SIGNAL,
                                ++serial,
                                0,
                                path,
                                face,
                                member,
                                "",
                                "",
                                signature,
                                body)
                        .encode());
    }

    void reply(DbusMessage call, String signature, List<Object> body) throws IOException {
        answer(call, DbusMessage.Type.RETURN, "", signature, body);
    }

    void error(DbusMessage call, String name, String text) throws IOException {
        answer(call, DbusMessage.Type.ERROR, name, "s", List.of(text));
    }

    private void answer(
            DbusMessage call,
            DbusMessage.Type type,
            String error,
            String signature,
            List<Object> body)
            throws IOException {
        write(
                new DbusMessage(
                                type,
                                ++serial,
                                call.serial(),
                                "",
                                "",
                                "",
                                error,
                                ":1.7",
                                signature,
                                body)
                        .encode());
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }
}
