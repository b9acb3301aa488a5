package carafe.image.unpack;

import carafe.linux.isal.Isal;
import carafe.linux.isal.IsalInflater;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** With what layers are decoded: the JDK's zlib, or libisal where it is. Immutable. */
public final class Decoders {
    private final Supplier<Inflation> inflations;

    private Decoders(Supplier<Inflation> inflations) {
        this.inflations = inflations;
    }

    /** With the JDK alone. */
    public static Decoders jdk() {
        return new Decoders(() -> new Zlib(new Inflater(true)));
    }

    /** With the fastest that this machine has. */
    public static Decoders fastest() {
        Optional<Isal> isal = Isal.load();
        return isal.isPresent() ? of(isal.get()) : jdk();
    }

    static Decoders of(Isal isal) {
        return new Decoders(() -> new IsaL(isal.inflater()));
    }

    Decoder open(Compression compression, BlobInput input) {
        return switch (compression) {
            case NONE -> new PlainDecoder(input);
            case GZIP -> new GzipDecoder(input, inflations.get());
            case ZSTD -> new ZstdDecoder(input);
        };
    }

    Inflation inflation() {
        return inflations.get();
    }

    /** Raw deflate, as {@link Inflater} has it. Not thread-safe. */
    interface Inflation extends AutoCloseable {
        void reset();

        void setInput(byte[] bytes, int offset, int length);

        int inflate(byte[] into, int offset, int length) throws DataFormatException;

        boolean finished();

        boolean needsInput();

        /** Input that was not used; at the end it may reach into earlier pieces, by 8 bytes. */
        int getRemaining();

        @Override
        void close();
    }

    private record Zlib(Inflater inflater) implements Inflation {
        @Override
        public void reset() {
            inflater.reset();
        }

        @Override
        public void setInput(byte[] bytes, int offset, int length) {
            inflater.setInput(bytes, offset, length);
        }

        @Override
        public int inflate(byte[] into, int offset, int length) throws DataFormatException {
            return inflater.inflate(into, offset, length);
        }

        @Override
        public boolean finished() {
            return inflater.finished();
        }

        @Override
        public boolean needsInput() {
            return inflater.needsInput();
        }

        @Override
        public int getRemaining() {
            return inflater.getRemaining();
        }

        @Override
        public void close() {
            inflater.end();
        }
    }

    private record IsaL(IsalInflater inflater) implements Inflation {
        @Override
        public void reset() {
            inflater.reset();
        }

        @Override
        public void setInput(byte[] bytes, int offset, int length) {
            inflater.setInput(bytes, offset, length);
        }

        @Override
        public int inflate(byte[] into, int offset, int length) throws DataFormatException {
            return inflater.inflate(into, offset, length);
        }

        @Override
        public boolean finished() {
            return inflater.finished();
        }

        @Override
        public boolean needsInput() {
            return inflater.needsInput();
        }

        @Override
        public int getRemaining() {
            return inflater.getRemaining();
        }

        @Override
        public void close() {
            inflater.close();
        }
    }
}
