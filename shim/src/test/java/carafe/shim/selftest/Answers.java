package carafe.shim.selftest;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.log.LineBatch;
import carafe.shim.log.LineFramer;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.Memory;
import carafe.shim.sys.NativeSyscalls;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import carafe.shim.wire.Codec;
import carafe.shim.wire.WireException;

/**
 * Answers lines of standard input on standard output, the same in the native program as on a JVM:
 * {@code wire HEX} decodes and encodes a frame's body, {@code json HEX} parses and prints, {@code
 * log LONGEST HEX...} frames chunks.
 */
public final class Answers {
    private static final String DIGITS = "0123456789abcdef";
    private static final int INPUT_BYTES = 1 << 20;

    private final Memory memory;

    /**
     * @param memory for buffers of the log
     */
    public Answers(Memory memory) {
        this.memory = memory;
    }

    public static void main(String[] args) {
        Syscalls sys = NativeSyscalls.open();
        FileCalls files = sys.files();
        byte[] input = new byte[INPUT_BYTES];
        int size = 0;
        int n = files.read(0, input, 0, input.length);
        while (n > 0) {
            size += n;
            n = files.read(0, input, size, input.length - size);
        }
        Answers answers = new Answers(sys.memory());
        int start = 0;
        for (int i = 0; i < size; i++) {
            if (input[i] == '\n') {
                String answer = answers.to(Utf8.decode(input, start, i - start)) + "\n";
                byte[] line = Utf8.encode(answer);
                int done = 0;
                while (done < line.length) {
                    done += Math.max(0, files.write(1, line, done, line.length - done));
                }
                start = i + 1;
            }
        }
        sys.processes().exit(0);
    }

    /** The answer to one line. */
    public String to(String line) {
        String[] words = line.split(" ");
        return switch (words[0]) {
            case "wire" -> wire(bytes(words[1]));
            case "json" -> json(bytes(words[1]));
            case "log" -> log(words);
            default -> "what?";
        };
    }

    private static String wire(byte[] body) {
        try {
            return hex(Codec.encode(Codec.decode(body)));
        } catch (WireException e) {
            return "refused: " + e.getMessage();
        }
    }

    private static String json(byte[] text) {
        try {
            StringBuilder shown = new StringBuilder();
            show(Json.parse(text), shown);
            return shown.toString();
        } catch (JsonException e) {
            return "refused: " + e.getMessage();
        }
    }

    private static void show(Json json, StringBuilder out) throws JsonException {
        out.append(json.path()).append('=');
        switch (json.kind()) {
            case OBJECT -> {
                out.append('{');
                for (Json member : json.members()) {
                    show(member, out);
                }
                out.append('}');
            }
            case ARRAY -> {
                out.append('[');
                for (Json element : json.elements()) {
                    show(element, out);
                }
                out.append(']');
            }
            case STRING -> out.append(hex(json.bytes()));
            case NUMBER -> out.append(number(json));
            case BOOLEAN -> out.append(json.isTrue());
            case MISSING -> out.append('-');
        }
        out.append(';');
    }

    private static String number(Json json) {
        try {
            return Long.toString(json.integer(Long.MIN_VALUE, Long.MAX_VALUE));
        } catch (JsonException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private String log(String[] words) {
        int longest = Integer.parseInt(words[1]);
        LineFramer framer = new LineFramer(memory, LineFramer.Stream.STDERR, longest);
        LineBatch batch = new LineBatch(memory, longest);
        StringBuilder out = new StringBuilder();
        for (int i = 2; i < words.length; i++) {
            byte[] chunk = bytes(words[i]);
            framer.stamp(1_790_000_000_000_000_000L + i * 1_000_000_007L);
            Buffer in = memory.allocate(Math.max(1, chunk.length));
            in.put(0, chunk, 0, chunk.length);
            int at = framer.frame(in, 0, chunk.length, batch);
            while (at < chunk.length) {
                take(batch, out);
                at = framer.frame(in, at, chunk.length, batch);
            }
            in.free();
        }
        while (!framer.finish(batch)) {
            take(batch, out);
        }
        take(batch, out);
        batch.buffer().free();
        return out.toString();
    }

    private static void take(LineBatch batch, StringBuilder out) {
        byte[] lines = new byte[batch.used()];
        batch.buffer().get(0, lines, 0, lines.length);
        out.append(hex(lines));
        batch.clear();
    }

    private static byte[] bytes(String hex) {
        byte[] bytes = new byte[(hex.length() - 1) / 2];
        for (int i = 0; i < bytes.length; i++) {
            int high = DIGITS.indexOf(hex.charAt(1 + 2 * i));
            bytes[i] = (byte) ((high << 4) | DIGITS.indexOf(hex.charAt(2 + 2 * i)));
        }
        return bytes;
    }

    /** Starts with an x, so that no bytes are a word too. */
    static String hex(byte[] bytes) {
        StringBuilder hex = new StringBuilder("x");
        for (byte b : bytes) {
            hex.append(DIGITS.charAt((b >> 4) & 0xf)).append(DIGITS.charAt(b & 0xf));
        }
        return hex.toString();
    }
}
