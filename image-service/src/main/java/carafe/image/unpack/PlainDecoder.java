package carafe.image.unpack;

import java.io.IOException;
import java.io.InputStream;

/** An uncompressed layer. */
record PlainDecoder(InputStream input) implements Decoder {
    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return input.read(into, offset, length);
    }

    @Override
    public void close() {}
}
