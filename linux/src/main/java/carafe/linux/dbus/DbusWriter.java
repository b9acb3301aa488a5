package carafe.linux.dbus;

import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Marshals values, little-endian. Used by one thread. */
final class DbusWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
        return out.toByteArray();
    }

    void pad(int alignment) {
        while (out.size() % alignment != 0) {
            out.write(0);
        }
    }

    /** Values of a signature, one after the other. */
    void values(String signature, List<?> values) throws ProtocolException {
        List<DbusType> types = DbusType.parse(signature);
        if (types.size() != values.size()) {
            throw new IllegalArgumentException(
                    "%d values for signature %s".formatted(values.size(), signature));
        }
        for (int i = 0; i < types.size(); i++) {
            value(types.get(i), values.get(i));
        }
    }

    private void value(DbusType type, Object value) throws ProtocolException {
        pad(type.alignment());
        switch (type) {
            case DbusType.Basic(char code) -> basic(code, value);
            case DbusType.Variant() -> {
                DbusVariant variant = (DbusVariant) value;
                signature(variant.signature());
                values(variant.signature(), List.of(variant.value()));
            }
            case DbusType.Struct(List<DbusType> members) -> {
                List<?> parts = (List<?>) value;
                if (parts.size() != members.size()) {
                    throw new IllegalArgumentException(parts + " for a row of " + members.size());
                }
                for (int i = 0; i < members.size(); i++) {
                    value(members.get(i), parts.get(i));
                }
            }
            case DbusType.Array(DbusType item) -> array(item, (List<?>) value);
        }
    }

    private void array(DbusType item, List<?> values) throws ProtocolException {
        // Its length counts neither itself nor the padding before the first item, which depends on
        // where it stands: so it is written apart, at an offset of the same remainder.
        DbusWriter inner = new DbusWriter();
        int start = out.size() + 4;
        for (int i = 0; i < start % 8; i++) {
            inner.out.write(0);
        }
        inner.pad(item.alignment());
        int first = inner.out.size();
        for (Object each : values) {
            inner.value(item, each);
        }
        byte[] all = inner.bytes();
        number(all.length - first, 4);
        out.write(all, start % 8, all.length - start % 8);
    }

    private void basic(char code, Object value) {
        switch (code) {
            case 'y' -> out.write(((Number) value).intValue());
            case 'b' -> number(Boolean.TRUE.equals(value) ? 1 : 0, 4);
            case 'n', 'q' -> number(((Number) value).longValue(), 2);
            case 'i', 'u', 'h' -> number(((Number) value).longValue(), 4);
            case 'x', 't' -> number(((Number) value).longValue(), 8);
            case 'd' -> number(Double.doubleToRawLongBits((Double) value), 8);
            case 'g' -> signature((String) value);
            default -> text((String) value);
        }
    }

    private void number(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> (8 * i)) & 0xff);
        }
    }

    private void text(String value) {
        if (value.indexOf(0) >= 0) {
            throw new IllegalArgumentException("a text with a NUL in it");
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        number(bytes.length, 4);
        out.writeBytes(bytes);
        out.write(0);
    }

    private void signature(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        out.write(bytes.length);
        out.writeBytes(bytes);
        out.write(0);
    }
}
