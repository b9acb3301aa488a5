package carafe.runtime.shim;

import carafe.base.CarafeException;
import java.io.IOException;

/** The shim does not listen, or has hung up: it has ended, or is about to. */
final class ShimGoneException extends Exception {
    private static final long serialVersionUID = 1L;

    ShimGoneException(String doing, IOException cause) {
        super(doing + ": the shim is gone (" + cause.getMessage() + ")", cause);
    }

    /** For callers to whom that is a failure. */
    CarafeException.Unavailable unavailable() {
        return new CarafeException.Unavailable(String.valueOf(getMessage()), this);
    }
}
