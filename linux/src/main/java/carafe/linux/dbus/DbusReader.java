package carafe.linux.dbus;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Unmarshals values out of one message; whatever does not add up is an error. One thread. */
final class DbusReader {
    private final ByteBuffer in;

    /**
     * @param bytes a part of a message that begins at a multiple of 8
     */
    DbusReader(byte[] bytes, ByteOrder order) {
        this.in = ByteBuffer.wrap(bytes).order(order);
    }

    int position() {
        return in.position();
    }

    /** Values of a signature, and nothing after them. */
    List<Object> allValues(String signature) throws ProtocolException {
        List<Object> values = values(signature, 0);
        if (in.hasRemaining()) {
            throw new ProtocolException(in.remaining() + " bytes too many for " + signature);
        }
        return values;
    }

    List<Object> values(String signature, int depth) throws ProtocolException {
        List<Object> values = new ArrayList<>();
        for (DbusType type : DbusType.parse(signature)) {
            values.add(value(type, depth));
        }
        return values;
    }

    private Object value(DbusType type, int depth) throws ProtocolException {
        if (depth > DbusType.MAX_DEPTH) {
            throw new ProtocolException("values nested too deep");
        }
        pad(type.alignment());
        return switch (type) {
            case DbusType.Basic(char code) -> basic(code);
            case DbusType.Variant() -> {
                String signature = signature();
                List<Object> values = values(signature, depth + 1);
                if (values.size() != 1) {
                    throw new ProtocolException("a variant of \"" + signature + "\"");
                }
                yield new DbusVariant(signature, values.getFirst());
            }
            case DbusType.Struct(List<DbusType> members) -> {
                List<Object> values = new ArrayList<>();
                for (DbusType each : members) {
                    values.add(value(each, depth + 1));
                }
                yield values;
            }
            case DbusType.Array(DbusType item) -> array(item, depth);
        };
    }

    private List<Object> array(DbusType item, int depth) throws ProtocolException {
        long length = number(4);
        pad(item.alignment());
        if (length > in.remaining()) {
            throw new ProtocolException("an array of " + length + " bytes");
        }
        int end = in.position() + (int) length;
        List<Object> values = new ArrayList<>();
        while (in.position() < end) {
            values.add(value(item, depth + 1));
        }
        if (in.position() != end) {
            throw new ProtocolException("an array that ends within a value");
        }
        return values;
    }

    private Object basic(char code) throws ProtocolException {
        return switch (code) {
            case 'y' -> (int) number(1);
            case 'b' -> flag();
            case 'n' -> (int) (short) number(2);
            case 'q' -> (int) number(2);
            case 'i' -> (int) number(4);
            case 'u', 'h' -> number(4);
            case 'x', 't' -> number(8);
            case 'd' -> Double.longBitsToDouble(number(8));
            case 'g' -> signature();
            default -> text();
        };
    }

    private boolean flag() throws ProtocolException {
        long value = number(4);
        if (value > 1) {
            throw new ProtocolException("a flag of " + value);
        }
        return value == 1;
    }

    long number(int bytes) throws ProtocolException {
        need(bytes);
        return switch (bytes) {
            case 1 -> in.get() & 0xffL;
            case 2 -> in.getShort() & 0xffffL;
            case 4 -> in.getInt() & 0xffff_ffffL;
            default -> in.getLong();
        };
    }

    private String text() throws ProtocolException {
        return string(number(4));
    }

    private String signature() throws ProtocolException {
        return string(number(1));
    }

    private String string(long length) throws ProtocolException {
        if (length >= in.remaining()) {
            throw new ProtocolException("a text of " + length + " bytes");
        }
        ByteBuffer slice = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
            if (number(1) != 0 || text.indexOf(0) >= 0) {
                throw new ProtocolException("a text without its end");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new ProtocolException("a text that is not UTF-8");
        }
    }

    void pad(int alignment) throws ProtocolException {
        while (in.position() % alignment != 0) {
            if (number(1) != 0) {
                throw new ProtocolException("padding that is not zero");
            }
        }
    }

    private void need(int bytes) throws ProtocolException {
        if (in.remaining() < bytes) {
            throw new ProtocolException("a message that ends within a value");
        }
    }
}
