package carafe.testkit.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Changes inputs by chance; what it does follows from its generator alone. Not thread-safe. */
final class Mutator {
    private static final int MAX_STEPS = 6;
    private static final int[] EDGES = {
        0,
        1,
        7,
        8,
        16,
        32,
        64,
        100,
        127,
        128,
        255,
        256,
        1024,
        32_767,
        32_768,
        65_535,
        65_536,
        0x00ff_ffff,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        -1,
        -2
    };

    private final RandomGenerator random;
    private final List<byte[]> words;
    private final int maxBytes;

    /**
     * @param words pieces that mean something to the target
     */
    Mutator(RandomGenerator random, List<byte[]> words, int maxBytes) {
        this.random = random;
        this.words = words;
        this.maxBytes = maxBytes;
    }

    /**
     * @param other another input, to take pieces from
     */
    byte[] change(byte[] input, byte[] other) {
        byte[] changed = input;
        int steps = 1 + random.nextInt(MAX_STEPS);
        for (int i = 0; i < steps; i++) {
            changed = step(changed, other);
        }
        return changed.length <= maxBytes ? changed : Arrays.copyOf(changed, maxBytes);
    }

    private byte[] step(byte[] in, byte[] other) {
        if (in.length == 0) {
            return other.length == 0 ? new byte[] {(byte) random.nextInt()} : other;
        }
        int at = random.nextInt(in.length);
        return switch (random.nextInt(10)) {
            case 0 -> with(in, at, (byte) (in[at] ^ (1 << random.nextInt(8))));
            case 1 -> with(in, at, (byte) random.nextInt());
            case 2 -> with(in, at, (byte) (in[at] + random.nextInt(-4, 5)));
            case 3 -> number(in, at);
            case 4 -> splice(in, at, 0, noise());
            case 5 -> splice(in, at, length(in.length - at), new byte[0]);
            case 6 -> splice(in, at, 0, piece(in));
            case 7 ->
                    splice(in, at, random.nextBoolean() ? length(in.length - at) : 0, piece(other));
            case 8 -> words.isEmpty() ? with(in, at, (byte) 0) : splice(in, at, 0, word());
            default -> Arrays.copyOf(in, at);
        };
    }

    private static byte[] with(byte[] in, int at, byte value) {
        byte[] changed = in.clone();
        changed[at] = value;
        return changed;
    }

    /** A number at the edge of some range, in one of the usual widths, big-endian. */
    private byte[] number(byte[] in, int at) {
        byte[] changed = in.clone();
        int value = EDGES[random.nextInt(EDGES.length)];
        int width = 1 << random.nextInt(3);
        for (int i = 0; i < width && at + i < in.length; i++) {
            changed[at + i] = (byte) (value >>> (8 * (width - 1 - i)));
        }
        return changed;
    }

    private byte[] noise() {
        byte[] noise = new byte[1 + random.nextInt(8)];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] word() {
        return words.get(random.nextInt(words.size()));
    }

    private byte[] piece(byte[] from) {
        if (from.length == 0) {
            return from;
        }
        int begin = random.nextInt(from.length);
        return Arrays.copyOfRange(from, begin, begin + length(from.length - begin));
    }

    /** Mostly short. */
    private int length(int most) {
        int bound = random.nextInt(4) == 0 ? most : Math.min(most, 16);
        return 1 + random.nextInt(bound);
    }

    private static byte[] splice(byte[] in, int at, int removed, byte[] inserted) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length + inserted.length);
        out.write(in, 0, at);
        out.writeBytes(inserted);
        out.write(in, at + removed, in.length - at - removed);
        return out.toByteArray();
    }
}
