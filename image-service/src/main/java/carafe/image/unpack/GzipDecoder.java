package carafe.image.unpack;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;

/**
 * Gzip (RFC 1952), all members. The JDK's own stream ends silently at a damaged or cut second
 * member; here whatever is not a whole member is an error.
 */
final class GzipDecoder implements Decoder {
    private static final int BUFFER_BYTES = 64 * 1024;

    /** What is kept of the piece before: an inflater may have read ahead over its end. */
    private static final int BEFORE_BYTES = 16;

    private static final int HEADER_TEXT_BYTES = 64 * 1024;
    private static final int FLAG_HEADER_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int FLAGS_RESERVED = 0xe0;

    private final InputStream input;
    private final Decoders.Inflation inflater;
    private final CRC32 headerCrc = new CRC32();
    private final CRC32 contentCrc = new CRC32();
    private final byte[] buffer = new byte[BEFORE_BYTES + BUFFER_BYTES];
    private int position = BEFORE_BYTES;
    private int limit = BEFORE_BYTES;
    private long contentBytes;
    private boolean inMember;
    private long members;

    /**
     * @param inflater closed with this
     */
    GzipDecoder(InputStream input, Decoders.Inflation inflater) {
        this.inflater = inflater;
        this.input = input;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (true) {
            if (!inMember && !beginMember()) {
                return -1;
            }
            int produced = inflate(into, offset, length);
            if (produced > 0) {
                contentCrc.update(into, offset, produced);
                contentBytes += produced;
                return produced;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsInput()) {
                feed();
            } else {
                throw damaged("needs a dictionary");
            }
        }
    }

    private int inflate(byte[] into, int offset, int length) {
        try {
            return inflater.inflate(into, offset, length);
        } catch (DataFormatException e) {
            throw damaged(e.getMessage() == null ? "damaged data" : e.getMessage());
        }
    }

    /** Hands the inflater what is left in the buffer, or the next piece of the blob. */
    private void feed() throws IOException {
        position = limit - inflater.getRemaining();
        if (position == limit && !fill()) {
            throw damaged("cut inside the data");
        }
        inflater.setInput(buffer, position, limit - position);
    }

    private boolean fill() throws IOException {
        System.arraycopy(buffer, limit - BEFORE_BYTES, buffer, 0, BEFORE_BYTES);
        position = BEFORE_BYTES;
        limit = BEFORE_BYTES;
        int read = input.read(buffer, BEFORE_BYTES, BUFFER_BYTES);
        limit += Math.max(read, 0);
        return read > 0;
    }

    private boolean beginMember() throws IOException {
        if (position == limit && !fill()) {
            if (members == 0) {
                throw damaged("empty");
            }
            return false;
        }
        readHeader();
        members++;
        inMember = true;
        contentBytes = 0;
        contentCrc.reset();
        inflater.reset();
        inflater.setInput(buffer, position, limit - position);
        return true;
    }

    private void readHeader() throws IOException {
        headerCrc.reset();
        if (headerByte() != 0x1f || headerByte() != 0x8b) {
            throw damaged(members == 0 ? "no gzip header" : "junk behind a member");
        }
        if (headerByte() != 8) {
            throw damaged("unknown compression method");
        }
        int flags = headerByte();
        if ((flags & FLAGS_RESERVED) != 0) {
            throw damaged("reserved flags are set");
        }
        skipHeader(6);
        if ((flags & FLAG_EXTRA) != 0) {
            skipHeader(headerByte() | headerByte() << 8);
        }
        if ((flags & FLAG_NAME) != 0) {
            skipText();
        }
        if ((flags & FLAG_COMMENT) != 0) {
            skipText();
        }
        if ((flags & FLAG_HEADER_CRC) != 0) {
            long expected = headerCrc.getValue() & 0xffff;
            if ((headerByte() | headerByte() << 8) != expected) {
                throw damaged("wrong header checksum");
            }
        }
    }

    private int headerByte() throws IOException {
        int value = nextByte();
        headerCrc.update(value);
        return value;
    }

    private int nextByte() throws IOException {
        if (position == limit && !fill()) {
            throw damaged("cut");
        }
        return buffer[position++] & 0xff;
    }

    private void skipHeader(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            headerByte();
        }
    }

    private void skipText() throws IOException {
        for (int i = 0; i < HEADER_TEXT_BYTES; i++) {
            if (headerByte() == 0) {
                return;
            }
        }
        throw damaged("endless header text");
    }

    private void endMember() throws IOException {
        position = limit - inflater.getRemaining();
        if (littleEndian() != contentCrc.getValue()) {
            throw damaged("wrong checksum");
        }
        if (littleEndian() != (contentBytes & 0xffffffffL)) {
            throw damaged("wrong length");
        }
        inMember = false;
    }

    private long littleEndian() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            value |= (long) nextByte() << shift;
        }
        return value;
    }

    private CarafeException damaged(String how) {
        return new CarafeException.Invalid("gzip member " + Math.max(1, members) + ": " + how);
    }

    @Override
    public void close() {
        inflater.close();
    }
}
