package carafe.image.download;

import java.io.InputStream;

/** Where one blob can be read from. Thread-safe. */
public interface BlobOrigin {
    /**
     * The bytes from the offset to the blob's end, however they have to be got. Breaks are mended.
     * Sends nothing before the first read; closing it from any thread ends a blocked read.
     */
    InputStream rest(long offset);

    /**
     * Exactly these bytes, by a request for them alone. Reading throws {@link
     * RangesRefusedException} when nobody answers such requests as they must be.
     *
     * @param end exclusive
     */
    InputStream range(long offset, long end);

    /** Whether asking for ranges is worth a try now. */
    boolean mayRange();
}
