package carafe.linux.isal;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;

/**
 * libisal, loaded by its path. Its stream structure is not part of its promises, so it is believed
 * only after it has inflated samples correctly with the layout known here (version 2.30; structure
 * of 87,368 bytes, {@code block_state} at 21,160). Thread-safe; stays loaded.
 */
public final class Isal {
    private static final List<Path> PLACES =
            List.of(
                    Path.of("/usr/lib/x86_64-linux-gnu/libisal.so.2"),
                    Path.of("/usr/lib/aarch64-linux-gnu/libisal.so.2"),
                    Path.of("/usr/lib64/libisal.so.2"),
                    Path.of("/usr/lib/libisal.so.2"));

    private static final int SAMPLE_BYTES = 300_000;

    /** For pieces of a few bytes: each is a call, and this is done at every start. */
    private static final int SMALL_SAMPLE_BYTES = 3_000;

    private final Path file;
    private final Function init;
    private final Function inflate;

    private Isal(Path file, NativeLibrary library) {
        this.file = file;
        this.init = library.getFunction("isal_inflate_init");
        this.inflate = library.getFunction("isal_inflate");
    }

    /** Where it is on this machine; empty when it is not there. */
    public static Optional<Path> find() {
        return PLACES.stream().filter(Files::isReadable).findFirst();
    }

    /** Loads it; empty when it is not there, cannot be loaded, or does not do what is expected. */
    public static Optional<Isal> load() {
        return find().flatMap(Isal::load);
    }

    private static Optional<Isal> load(Path file) {
        try {
            Isal isal = new Isal(file, NativeLibrary.getInstance(file.toString()));
            return isal.works() ? Optional.of(isal) : Optional.empty();
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }

    /** The file that was loaded. */
    public Path file() {
        return file;
    }

    /** A raw deflate stream's decoder; close it. */
    public IsalInflater inflater() {
        return new IsalInflater(init, inflate);
    }

    /** Text, noise and a tail that is not part of the stream, in pieces of odd sizes. */
    private boolean works() {
        return inflates(SMALL_SAMPLE_BYTES, List.of(1, 3))
                && inflates(SAMPLE_BYTES, List.of(4093, 65_536));
    }

    private boolean inflates(int bytes, List<Integer> pieces) {
        byte[] sample = new byte[bytes];
        Random random = new Random(1);
        random.nextBytes(sample);
        for (int i = 0; i < sample.length / 2; i++) {
            sample[i] = (byte) ('a' + (i * 31 % 97) % 7);
        }
        byte[] deflated = deflate(sample);
        return pieces.stream().allMatch(piece -> inflates(deflated, sample, piece));
    }

    private static byte[] deflate(byte[] sample) {
        byte[] into = new byte[sample.length + 1000];
        try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
            deflater.setInput(sample);
            deflater.finish();
            return Arrays.copyOf(into, deflater.deflate(into));
        }
    }

    private boolean inflates(byte[] deflated, byte[] sample, int piece) {
        byte[] tail = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        byte[] input = Arrays.copyOf(deflated, deflated.length + tail.length);
        System.arraycopy(tail, 0, input, deflated.length, tail.length);
        // A byte more than it needs: with no room at all it would not look for the stream's end.
        byte[] output = new byte[sample.length + 1];
        int fed = 0;
        int got = 0;
        try (IsalInflater inflater = inflater()) {
            while (!inflater.finished()) {
                int count = inflater.inflate(output, got, Math.min(70_001, output.length - got));
                got += count;
                if (count == 0 && !inflater.finished()) {
                    if (fed == input.length || !inflater.needsInput()) {
                        return false;
                    }
                    int size = Math.min(piece, input.length - fed);
                    inflater.setInput(input, fed, size);
                    fed += size;
                }
            }
            boolean rightEnd = fed - inflater.getRemaining() == deflated.length;
            return rightEnd
                    && got == sample.length
                    && Arrays.equals(output, 0, got, sample, 0, got);
        } catch (DataFormatException e) {
            return false;
        }
    }
}
