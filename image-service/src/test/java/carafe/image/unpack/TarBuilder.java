package carafe.image.unpack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes tars for tests, hostile ones too: every field can be set to anything. */
final class TarBuilder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** One header block, to be changed before it is added. */
    static final class Header {
        private final byte[] block = new byte[512];

        Header(char type, byte[] name) {
            set(0, 100, name);
            octal(100, 8, type == '5' ? 0755 : 0644);
            octal(108, 8, 0);
            octal(116, 8, 0);
            octal(124, 12, 0);
            octal(136, 12, 1_000_000_000);
            block[156] = (byte) type;
            set(257, 8, bytes("ustar\00000"));
            octal(329, 8, 0);
            octal(337, 8, 0);
        }

        Header set(int offset, int length, byte[] value) {
            Arrays.fill(block, offset, offset + length, (byte) 0);
            System.arraycopy(value, 0, block, offset, Math.min(length, value.length));
            return this;
        }

        Header octal(int offset, int length, long value) {
            return set(offset, length, bytes(("%0" + (length - 1) + "o").formatted(value)));
        }

        Header mode(int mode) {
            return octal(100, 8, mode);
        }

        Header owner(long uid, long gid) {
            return base256(108, 8, uid).base256(116, 8, gid);
        }

        Header base256(int offset, int length, long value) {
            byte[] field = new byte[length];
            for (int i = 0; i < Math.min(8, length); i++) {
                field[length - 1 - i] = (byte) (value >> (8 * i));
            }
            if (value < 0) {
                Arrays.fill(field, 0, Math.max(0, length - 8), (byte) 0xff);
            }
            field[0] |= (byte) 0x80;
            return set(offset, length, field);
        }

        Header size(long size) {
            return octal(124, 12, size);
        }

        Header time(long seconds) {
            return octal(136, 12, seconds);
        }

        Header link(byte[] target) {
            return set(157, 100, target);
        }

        Header device(long major, long minor) {
            return octal(329, 8, major).octal(337, 8, minor);
        }

        byte[] finish() {
            Arrays.fill(block, 148, 156, (byte) ' ');
            int sum = 0;
            for (byte b : block) {
                sum += b & 0xff;
            }
            octal(148, 7, sum);
            block[155] = ' ';
            return block.clone();
        }
    }

    TarBuilder add(Header header, byte[] content) {
        out.writeBytes(header.finish());
        out.writeBytes(content);
        out.writeBytes(new byte[-content.length & 511]);
        return this;
    }

    TarBuilder raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    TarBuilder file(String name, String content) {
        byte[] body = content.getBytes(StandardCharsets.UTF_8);
        return add(new Header('0', bytes(name)).size(body.length), body);
    }

    TarBuilder dir(String name) {
        return add(new Header('5', bytes(name)), new byte[0]);
    }

    TarBuilder symlink(String name, String target) {
        return add(new Header('2', bytes(name)).mode(0777).link(bytes(target)), new byte[0]);
    }

    TarBuilder hardlink(String name, String target) {
        return add(new Header('1', bytes(name)).link(bytes(target)), new byte[0]);
    }

    TarBuilder fifo(String name) {
        return add(new Header('6', bytes(name)), new byte[0]);
    }

    TarBuilder device(char type, String name, long major, long minor) {
        return add(new Header(type, bytes(name)).device(major, minor), new byte[0]);
    }

    /** A pax header for the entry that is added next. */
    TarBuilder pax(String... keysAndValues) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            body.writeBytes(record(keysAndValues[i], bytes(keysAndValues[i + 1])));
        }
        return meta('x', body.toByteArray());
    }

    TarBuilder meta(char type, byte[] body) {
        return add(new Header(type, bytes("meta")).size(body.length), body);
    }

    static byte[] record(String key, byte[] value) {
        int rest = key.length() + value.length + 3;
        int length = rest + 1;
        while (Integer.toString(length).length() + rest != length) {
            length++;
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(bytes(length + " " + key + "="));
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    byte[] open() {
        return out.toByteArray();
    }

    byte[] build() {
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }
}
