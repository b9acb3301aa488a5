package carafe.image.unpack;

import carafe.base.CarafeException;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Zstandard (RFC 8878), all frames. A frame that wants a window above 128 MiB is refused. */
final class ZstdDecoder implements Decoder {
    private static final int WINDOW_LOG_MAX = 27;

    private final InputStream input;
    private @Nullable ZstdInputStreamNoFinalizer stream;
    private boolean produced;

    ZstdDecoder(InputStream input) {
        this.input = input;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            int read = stream().read(into, offset, length);
            if (read < 0 && !produced) {
                throw new CarafeException.Invalid("zstd: no data");
            }
            produced = true;
            return read;
        } catch (ZstdIOException e) {
            throw new CarafeException.Invalid("zstd: " + e.getMessage(), e);
        } catch (BlobInput.SourceFailed e) {
            throw e;
        }
    }

    private ZstdInputStreamNoFinalizer stream() throws IOException {
        ZstdInputStreamNoFinalizer open = stream;
        if (open == null) {
            open = new ZstdInputStreamNoFinalizer(input);
            open.setLongMax(WINDOW_LOG_MAX);
            stream = open;
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        if (stream != null) {
            stream.close();
        }
    }
}
