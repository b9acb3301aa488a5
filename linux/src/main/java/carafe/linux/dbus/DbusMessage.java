package carafe.linux.dbus;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One D-Bus message. Texts that it does not have are empty. In its body numbers are Integers or,
 * for types u, h, x and t, Longs; texts, object paths and signatures are Strings; arrays and
 * structs are Lists; variants are {@link DbusVariant}s.
 *
 * @param serial given by the sender, never 0
 * @param replySerial of the call that this answers; 0 = none
 */
public record DbusMessage(
        Type type,
        int serial,
        int replySerial,
        String path,
        String face,
        String member,
        String errorName,
        String destination,
        String signature,
        List<Object> body) {
    /** Longer ones are refused before they are read; systemd's answers to us have some hundred. */
    static final int MAX_BYTES = 1 << 20;

    /** Of the fixed part, which tells how long the rest is. */
    static final int FIXED_BYTES = 16;

    private static final int VERSION = 1;
    private static final int PATH = 1;
    private static final int INTERFACE = 2;
    private static final int MEMBER = 3;
    private static final int ERROR_NAME = 4;
    private static final int REPLY_SERIAL = 5;
    private static final int DESTINATION = 6;
    private static final int SIGNATURE = 8;

    public DbusMessage {
        body = List.copyOf(body);
    }

    /** What a message is for; the numbers are the protocol's. */
    public enum Type {
        CALL(1),
        RETURN(2),
        ERROR(3),
        SIGNAL(4);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        private static Type of(int number) throws ProtocolException {
            for (Type each : values()) {
                if (each.number == number) {
                    return each;
                }
            }
            throw new ProtocolException("a message of type " + number);
        }
    }

    /** A call. */
    static DbusMessage call(
            int serial, DbusObject on, String member, String signature, List<?> body) {
        return new DbusMessage(
                Type.CALL,
                serial,
                0,
                on.path(),
                on.face(),
                member,
                "",
                on.service(),
                signature,
                List.copyOf(body));
    }

    /** As it goes over the wire, little-endian. */
    public byte[] encode() throws ProtocolException {
        DbusWriter content = new DbusWriter();
        if (!signature.isEmpty()) {
            content.values(signature, body);
        }
        byte[] bodyBytes = content.bytes();
        List<Object> fields = new ArrayList<>();
        field(fields, PATH, "o", path);
        field(fields, INTERFACE, "s", face);
        field(fields, MEMBER, "s", member);
        field(fields, ERROR_NAME, "s", errorName);
        field(fields, DESTINATION, "s", destination);
        field(fields, SIGNATURE, "g", signature);
        if (replySerial != 0) {
            fields.add(List.of(REPLY_SERIAL, new DbusVariant("u", replySerial)));
        }
        DbusWriter all = new DbusWriter();
        all.values(
                "yyyyuua(yv)",
                List.of((int) 'l', type.number, 0, VERSION, bodyBytes.length, serial, fields));
        all.pad(8);
        byte[] head = all.bytes();
        return ByteBuffer.allocate(head.length + bodyBytes.length).put(head).put(bodyBytes).array();
    }

    private static void field(List<Object> fields, int code, String signature, String value) {
        if (!value.isEmpty()) {
            fields.add(List.of(code, new DbusVariant(signature, value)));
        }
    }

    /**
     * How many bytes the whole message has.
     *
     * @param fixed its first {@link #FIXED_BYTES}
     * @throws ProtocolException for another protocol, and for one longer than {@link #MAX_BYTES}
     */
    static int length(byte[] fixed) throws ProtocolException {
        ByteBuffer in = ByteBuffer.wrap(fixed).order(order(fixed));
        if (fixed[3] != VERSION) {
            throw new ProtocolException("D-Bus version " + fixed[3]);
        }
        long bodyLength = in.getInt(4) & 0xffff_ffffL;
        long fieldsLength = in.getInt(12) & 0xffff_ffffL;
        long total = FIXED_BYTES + (fieldsLength + 7) / 8 * 8 + bodyLength;
        if (total > MAX_BYTES) {
            throw new ProtocolException("a message of %d bytes".formatted(total));
        }
        return (int) total;
    }

    private static ByteOrder order(byte[] fixed) throws ProtocolException {
        return switch (fixed[0]) {
            case 'l' -> ByteOrder.LITTLE_ENDIAN;
            case 'B' -> ByteOrder.BIG_ENDIAN;
            default -> throw new ProtocolException("no byte order is called " + fixed[0]);
        };
    }

    /**
     * Reads one message.
     *
     * @param bytes exactly it
     */
    public static DbusMessage decode(byte[] bytes) throws ProtocolException {
        ByteOrder order = order(bytes);
        DbusReader head = new DbusReader(bytes, order);
        List<Object> fixed = head.values("yyyyuua(yv)", 0);
        head.pad(8);
        Type type = Type.of((Integer) fixed.get(1));
        Fields fields = new Fields();
        for (Object each : (List<?>) fixed.get(6)) {
            fields.take((List<?>) each);
        }
        byte[] body = new byte[bytes.length - head.position()];
        System.arraycopy(bytes, head.position(), body, 0, body.length);
        if (body.length != (Long) fixed.get(4)) {
            throw new ProtocolException("a body of another length than its head says");
        }
        return new DbusMessage(
                type,
                ((Long) fixed.get(5)).intValue(),
                (int) fields.replySerial,
                fields.texts[PATH],
                fields.texts[INTERFACE],
                fields.texts[MEMBER],
                fields.texts[ERROR_NAME],
                fields.texts[DESTINATION],
                fields.texts[SIGNATURE],
                new DbusReader(body, order).allValues(fields.texts[SIGNATURE]));
    }

    /** The fields of a message's head; unknown ones are passed over. */
    private static final class Fields {
        private final String[] texts = {"", "", "", "", "", "", "", "", ""};
        private long replySerial;

        void take(List<?> field) throws ProtocolException {
            int code = (Integer) field.get(0);
            Object value = ((DbusVariant) field.get(1)).value();
            if (code == REPLY_SERIAL && value instanceof Long serial) {
                replySerial = serial;
            } else if (code > 0 && code < texts.length && code != REPLY_SERIAL) {
                if (!(value instanceof String text)) {
                    throw new ProtocolException("field " + code + " is no text");
                }
                texts[code] = text;
            }
        }
    }
}
