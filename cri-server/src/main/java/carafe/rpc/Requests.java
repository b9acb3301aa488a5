package carafe.rpc;

import carafe.base.CarafeException;
import carafe.proto.cri.ImageSpec;
import carafe.streaming.api.Streams;
import com.google.protobuf.ProtocolMessageEnum;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Checks that several requests share. Names and ids get into paths, messages and logs, so their
 * characters are few.
 */
final class Requests {
    private static final int MAX_IMAGE_NAME = 4096;
    private static final int MAX_LABELS_BYTES = 1 << 20;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:-]{0,252}");

    private Requests() {}

    /**
     * An id, or the beginning of one.
     *
     * @param what the field, for the message
     */
    static String id(String what, String value) {
        if (value.isEmpty()) {
            throw new CarafeException.Invalid("the request names no %s".formatted(what));
        }
        if (!ID.matcher(value).matches()) {
            throw new CarafeException.Invalid(
                    "%s %s is no id: letters, digits, _ . - only, at most 128"
                            .formatted(what, shown(value)));
        }
        return value;
    }

    /** A name that must be given. */
    static String name(String what, String value) {
        if (!NAME.matcher(value).matches()) {
            throw new CarafeException.Invalid(
                    "%s %s must be 1 to 253 letters, digits or _ . : -, not beginning with . : -"
                            .formatted(what, shown(value)));
        }
        return value;
    }

    /** A name that may be empty. */
    static String nameOrEmpty(String what, String value) {
        return value.isEmpty() ? value : name(what, value);
    }

    /**
     * The name in an image spec.
     *
     * @throws CarafeException.Invalid when there is none, or it is longer than any name can be
     */
    static String imageName(ImageSpec image) {
        String name = image.getImage();
        if (name.isBlank()) {
            throw new CarafeException.Invalid("the request names no image (image.image is empty)");
        }
        if (name.length() > MAX_IMAGE_NAME) {
            throw new CarafeException.Invalid(
                    "the image name has %d characters, at most %d are allowed"
                            .formatted(name.length(), MAX_IMAGE_NAME));
        }
        return name;
    }

    /** A path of the request: absolute or empty, without NUL. */
    static String pathOrEmpty(String what, String value) {
        if (value.isEmpty()) {
            return value;
        }
        return absolutePath(what, value);
    }

    /** A path of the request: absolute, without NUL. */
    static String absolutePath(String what, String value) {
        checkNul(what, value);
        if (!value.startsWith("/")) {
            throw new CarafeException.Invalid(
                    "%s %s must be an absolute path".formatted(what, shown(value)));
        }
        return value;
    }

    /** Any text without NUL. */
    static String withoutNul(String what, String value) {
        checkNul(what, value);
        return value;
    }

    /** A path below another one: relative, without {@code ..}; empty is allowed. */
    static String relativePath(String what, String value) {
        checkNul(what, value);
        if (value.startsWith("/")
                || Pattern.compile("/").splitAsStream(value).anyMatch(".."::equals)) {
            throw new CarafeException.Invalid(
                    "%s %s must be a relative path without \"..\"".formatted(what, shown(value)));
        }
        return value;
    }

    /** Labels or annotations: bounded, otherwise given back as they are. */
    static Map<String, String> labels(String what, Map<String, String> labels) {
        long size = 0;
        for (Map.Entry<String, String> label : labels.entrySet()) {
            size += label.getKey().length() + (long) label.getValue().length();
        }
        if (size > MAX_LABELS_BYTES) {
            throw new CarafeException.Invalid(
                    "%s have %d characters, at most %d are kept"
                            .formatted(what, size, MAX_LABELS_BYTES));
        }
        return labels;
    }

    /** A count that the kernel takes as 32 bits. */
    static int positiveInt(String what, long value) {
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new CarafeException.Invalid(
                    "%s is %d, must be 0 to %d".formatted(what, value, Integer.MAX_VALUE));
        }
        return (int) value;
    }

    /**
     * Which streams a client wants.
     *
     * @throws CarafeException.Invalid for a combination that no terminal or client can serve
     */
    static Streams streams(boolean stdin, boolean stdout, boolean stderr, boolean terminal) {
        try {
            return new Streams(stdin, stdout, stderr, terminal);
        } catch (IllegalArgumentException e) {
            throw new CarafeException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }

    /** For a value of an enumeration that this version does not know. */
    static CarafeException.Invalid unknown(String what, ProtocolMessageEnum value) {
        return new CarafeException.Invalid(
                "%s has a value unknown here: %s".formatted(what, value));
    }

    private static void checkNul(String what, String value) {
        if (value.indexOf('\0') >= 0) {
            throw new CarafeException.Invalid(what + " contains a NUL character");
        }
    }

    /** Quoted, with control characters replaced, and shortened. */
    private static String shown(String value) {
        String clean = value.replaceAll("\\p{Cntrl}", "?");
        return '"' + (clean.length() <= 64 ? clean : clean.substring(0, 64) + "…") + '"';
    }
}
