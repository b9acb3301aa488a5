package carafe.testkit.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;

/** What a peer that means harm, or knows no better, sends over SPDY and WebSocket. */
public final class HostilePeer {
    private static final int SYN_STREAM = 1;
    private static final int SYN_REPLY = 2;
    private static final int SETTINGS = 4;

    private HostilePeer() {}

    /** Bytes after the upgrade, by what is wrong with them. */
    public static Map<String, byte[]> spdy() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("an unknown version", control(2, SYN_STREAM, new byte[10]));
        seeds.put("SETTINGS whose count is a lie", control(3, SETTINGS, number(1_000_000)));
        seeds.put("SETTINGS without end", settings(5_000));
        seeds.put("a reply where none was asked for", control(3, SYN_REPLY, new byte[12]));
        seeds.put("an even stream", open(2, block("streamtype", "error")));
        seeds.put("stream zero", open(0, block("streamtype", "error")));
        seeds.put(
                "a stream number again",
                join(open(5, block("streamtype", "error")), open(3, block("streamtype", "stdin"))));
        seeds.put("data for a stream that never was", data(99));
        seeds.put("a header block that is no zlib", open(1, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
        seeds.put("a header block that grows a thousandfold", open(1, bomb()));
        seeds.put("a header count that is a lie", open(1, deflated(number(0x7fffffff))));
        return seeds;
    }

    /** Bytes after the upgrade, by what is wrong with them. */
    public static Map<String, byte[]> webSocket() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("an unmasked frame", new byte[] {(byte) 0x82, 2, 0, 'x'});
        seeds.put("a compressed frame", frame(0xc2, new byte[] {0, 'x'}));
        seeds.put("an unknown opcode", frame(0x83, new byte[] {0, 'x'}));
        seeds.put("a channel that no version has", frame(0x82, new byte[] {9, 'x'}));
        seeds.put(
                "a length of an exabyte",
                new byte[] {(byte) 0x82, (byte) 0xff, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        seeds.put("a frame of two megabytes", frame(0x82, new byte[2 << 20]));
        seeds.put("a message of endless parts", join(frame(2, new byte[1 << 19]), parts(8)));
        seeds.put("a continuation of nothing", frame(0x80, new byte[] {0, 'x'}));
        seeds.put("a ping longer than any", frame(0x89, new byte[200]));
        seeds.put("a flood of pings", repeated(frame(0x89, new byte[] {1}), 2_000));
        seeds.put("a flood of nothing", repeated(frame(0x82, new byte[0]), 2_000));
        return seeds;
    }

    private static byte[] parts(int count) {
        return repeated(frame(0, new byte[1 << 19]), count);
    }

    /** A frame of a client, whose mask is zero. */
    public static byte[] frame(int head, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(14 + payload.length);
        out.put((byte) head);
        if (payload.length < 126) {
            out.put((byte) (0x80 | payload.length));
        } else if (payload.length <= 0xffff) {
            out.put((byte) 0xfe).putShort((short) payload.length);
        } else {
            out.put((byte) 0xff).putLong(payload.length);
        }
        out.putInt(0).put(payload); // a mask of zeros
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] control(int version, int type, byte[] body) {
        return ByteBuffer.allocate(8 + body.length)
                .putShort((short) (0x8000 | version))
                .putShort((short) type)
                .putInt(body.length)
                .put(body)
                .array();
    }

    private static byte[] settings(int count) {
        ByteBuffer body = ByteBuffer.allocate(4 + 8 * count).putInt(count);
        for (int i = 0; i < count; i++) {
            body.putInt(i + 1).putInt(i);
        }
        return control(3, SETTINGS, body.array());
    }

    private static byte[] open(int stream, byte[] headers) {
        byte[] body =
                ByteBuffer.allocate(10 + headers.length)
                        .putInt(stream)
                        .putInt(0)
                        .putShort((short) 0)
                        .put(headers)
                        .array();
        return control(3, SYN_STREAM, body);
    }

    private static byte[] data(int stream) {
        return ByteBuffer.allocate(9).putInt(stream).putInt(1).put((byte) 'x').array();
    }

    private static byte[] block(String name, String value) {
        byte[] n = name.getBytes(StandardCharsets.US_ASCII);
        byte[] v = value.getBytes(StandardCharsets.US_ASCII);
        return deflated(
                ByteBuffer.allocate(12 + n.length + v.length)
                        .putInt(1)
                        .putInt(n.length)
                        .put(n)
                        .putInt(v.length)
                        .put(v)
                        .array());
    }

    private static byte[] bomb() {
        return deflated(join(number(1), number(1 << 24), new byte[1 << 24]));
    }

    /** Without SPDY's dictionary, which a decoder does not insist on. */
    private static byte[] deflated(byte[] plain) {
        Deflater deflater = new Deflater(9);
        deflater.setInput(plain);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 << 10];
        int n;
        do {
            n = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
            out.write(buffer, 0, n);
        } while (n == buffer.length);
        deflater.end();
        return out.toByteArray();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] repeated(byte[] part, int times) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
