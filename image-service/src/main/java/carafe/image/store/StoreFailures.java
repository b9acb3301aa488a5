package carafe.image.store;

import carafe.base.CarafeException;
import java.io.IOException;

/** How a failure of the store's disk is told to the caller. */
final class StoreFailures {
    private StoreFailures() {}

    /**
     * @param what was tried, as "cannot …" goes on
     */
    static CarafeException of(String what, IOException e) {
        String message = "cannot %s: %s".formatted(what, e.getMessage());
        return DiskFull.is(e)
                ? new CarafeException.Exhausted(message, e)
                : new CarafeException.Internal(message, e);
    }
}
