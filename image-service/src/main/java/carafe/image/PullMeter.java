package carafe.image;

import carafe.base.trace.Trace;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Told how pulls go, to be counted. Registries are named as references name them. Quick, never
 * throws. Thread-safe.
 */
public interface PullMeter {
    /** Nobody counts. */
    PullMeter NONE = new PullMeter() {};

    /** A part of a pull. */
    enum Stage {
        /** From the name to the document it means. */
        RESOLVE,
        /** Whether the policy lets the image in, its signatures fetched and checked. */
        VERIFY,
        /** One layer, from being asked for to its last byte. */
        DOWNLOAD,
        /** One layer, from its first byte to its checked and durable tree. */
        UNPACK
    }

    /**
     * A stage was finished.
     *
     * @param bytes of the layer
     * @param trace where it was, if somebody traces it
     */
    default void stage(
            Stage stage, String registry, OptionalLong bytes, long nanos, Optional<Trace> trace) {}

    /**
     * A pull ended, in success or not.
     *
     * @param trace where it was, if somebody traces it
     */
    default void pulled(String registry, boolean success, long nanos, Optional<Trace> trace) {}
}
