package carafe.runtime.state;

import java.io.IOException;

/**
 * Records as bytes of one versioned form.
 *
 * @param <R> the record
 */
interface RecordCodec<R> {
    byte[] encode(R value);

    /**
     * @throws IOException when the bytes are no record of a version known here
     */
    R decode(byte[] bytes) throws IOException;
}
