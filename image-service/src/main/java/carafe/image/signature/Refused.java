package carafe.image.signature;

import carafe.base.CarafeException;

/** The one form of a refusal: kubelet knows it by its first word. */
final class Refused {
    private static final String NAME = "SignatureValidationFailed: ";

    private Refused() {}

    static CarafeException.Denied because(String why) {
        return new CarafeException.Denied(NAME + why);
    }

    static CarafeException.Denied because(String why, CarafeException cause) {
        return new CarafeException.Denied(NAME + why, cause);
    }
}
