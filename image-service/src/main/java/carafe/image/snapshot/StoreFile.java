package carafe.image.snapshot;

import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Streams over an open file of the store that hash what passes. Owned by one thread. */
final class StoreFile {
    private static final int BUFFER_BYTES = 1 << 16;

    private StoreFile() {}

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String digest(MessageDigest sum) {
        return "sha256:" + HexFormat.of().formatHex(sum.digest());
    }

    /** Writes; the descriptor is lent. */
    static final class Output extends OutputStream {
        private final FileCalls calls;
        private final Fd fd;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final MessageDigest sum = sha256();
        private long count;

        Output(FileCalls calls, Fd fd) {
            this.calls = calls;
            this.fd = fd;
        }

        @Override
        public void write(int b) throws SyscallException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws SyscallException {
            sum.update(data, offset, length);
            count += length;
            int done = 0;
            while (done < length) {
                int part = Math.min(buffer.remaining(), length - done);
                buffer.put(data, offset + done, part);
                done += part;
                if (!buffer.hasRemaining()) {
                    flush();
                }
            }
        }

        @Override
        public void flush() throws SyscallException {
            calls.write(fd.number(), buffer.flip());
            buffer.clear();
        }

        @Override
        public void close() throws SyscallException {
            flush();
        }

        long count() {
            return count;
        }

        /** Of everything written; asked once. */
        String digest() {
            return StoreFile.digest(sum);
        }
    }

    /** Reads; the descriptor is lent. */
    static final class Input extends InputStream {
        private final FileCalls calls;
        private final Fd fd;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final MessageDigest sum = sha256();

        Input(FileCalls calls, Fd fd) {
            this.calls = calls;
            this.fd = fd;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            buffer.clear().limit(Math.min(length, BUFFER_BYTES));
            int count = calls.read(fd.number(), buffer);
            if (count == 0) {
                return length == 0 ? 0 : -1;
            }
            buffer.flip().get(into, offset, count);
            sum.update(into, offset, count);
            return count;
        }

        /** Of everything read; asked once. */
        String digest() {
            return StoreFile.digest(sum);
        }
    }
}
