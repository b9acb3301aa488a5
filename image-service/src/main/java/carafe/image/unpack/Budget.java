package carafe.image.unpack;

import carafe.base.CarafeException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the layers of one image may still unpack to, and with what. Shared by the layers' threads.
 * Thread-safe.
 */
final class Budget {
    private final UnpackLimits limits;
    private final Decoders decoders;
    private final ChunkReserve reserve = new ChunkReserve();
    private final AtomicLong image = new AtomicLong();

    Budget(UnpackLimits limits) {
        this(limits, Decoders.jdk());
    }

    Budget(UnpackLimits limits, Decoders decoders) {
        this.limits = limits;
        this.decoders = decoders;
    }

    Decoders decoders() {
        return decoders;
    }

    ChunkReserve reserve() {
        return reserve;
    }

    UnpackLimits limits() {
        return limits;
    }

    /**
     * Accounts for a piece of a layer's tar.
     *
     * @param piece the new bytes
     * @param layerBytes all of this layer's so far, the piece included
     * @param blobBytes compressed bytes read for them so far
     * @throws CarafeException.Exhausted when a limit is passed
     */
    void charge(int piece, long layerBytes, long blobBytes) {
        if (layerBytes > limits.layerBytes()) {
            throw refused("unpacks to more than " + limits.layerBytes() + " bytes");
        }
        if (image.addAndGet(piece) > limits.imageBytes()) {
            throw refused("and its image unpack to more than " + limits.imageBytes() + " bytes");
        }
        if (layerBytes > limits.ratioFloorBytes()
                && layerBytes / limits.ratio() > Math.max(1, blobBytes)) {
            throw refused("expands more than " + limits.ratio() + " times");
        }
    }

    private static CarafeException refused(String why) {
        return new CarafeException.Exhausted("it " + why);
    }
}
