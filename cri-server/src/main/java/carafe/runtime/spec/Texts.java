package carafe.runtime.spec;

import carafe.base.CarafeException;

/** Checks of texts that end up in the kernel. */
final class Texts {
    private Texts() {}

    static String withoutNul(String what, String text) {
        if (text.indexOf(0) >= 0) {
            throw new CarafeException.Invalid(what + " contains a NUL character");
        }
        return text;
    }
}
