package carafe.runtime.cdi;

import carafe.base.CarafeException;
import java.util.regex.Pattern;

/**
 * The full name of a device, {@code vendor/class=name}.
 *
 * @param kind vendor and class, {@code vendor/class}
 */
record QualifiedName(String kind, String device) {
    private static final Pattern KIND =
            Pattern.compile(
                    "[A-Za-z]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?"
                            + "/[A-Za-z]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?");
    private static final Pattern DEVICE =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.:-]{0,251}[A-Za-z0-9])?");

    /**
     * @throws CarafeException.Invalid when the text is none
     */
    static QualifiedName parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 0
                || !isKind(text.substring(0, equals))
                || !isDevice(text.substring(equals + 1))) {
            throw new CarafeException.Invalid(
                    "\"%s\" is no CDI device; they are named vendor/class=name".formatted(text));
        }
        return new QualifiedName(text.substring(0, equals), text.substring(equals + 1));
    }

    static boolean isKind(String text) {
        return KIND.matcher(text).matches();
    }

    static boolean isDevice(String text) {
        return DEVICE.matcher(text).matches();
    }

    @Override
    public String toString() {
        return kind + "=" + device;
    }
}
