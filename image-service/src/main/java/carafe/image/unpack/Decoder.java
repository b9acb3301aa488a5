package carafe.image.unpack;

import java.io.IOException;

/** Turns compressed bytes into the tar. Used by one thread, which also closes it. */
interface Decoder extends AutoCloseable {
    /**
     * @return the number of bytes, at least one, or -1 at a clean end
     * @throws carafe.base.CarafeException.Invalid when the bytes are damaged or cut
     */
    int read(byte[] into, int offset, int length) throws IOException;

    @Override
    void close() throws IOException;
}
