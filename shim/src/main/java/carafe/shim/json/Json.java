package carafe.shim.json;

import java.nio.charset.StandardCharsets;

/**
 * One value of a parsed text, or the absence of one. A view: it copies nothing until a scalar is
 * asked for, and the text must not be changed meanwhile. Asking a missing value for members gives
 * missing values, so that a path of names needs one check at its end. Null counts as missing.
 *
 * <p>Strings are bytes, as Linux has them; escapes are resolved to UTF-8. Numbers are whole ones in
 * a long. A name that stands twice in an object is refused when it is asked for.
 */
public final class Json {
    /** What a value is. */
    public enum Kind {
        OBJECT,
        ARRAY,
        STRING,
        NUMBER,
        BOOLEAN,
        MISSING
    }

    private static final int NONE = -1;

    private final Tape tape;
    private final int node;
    private final int parent;
    private final String missingName;

    private Json(Tape tape, int node, int parent, String missingName) {
        this.tape = tape;
        this.node = node;
        this.parent = parent;
        this.missingName = missingName;
    }

    /**
     * Parses a whole text of at most 4 MiB and 262,144 values, nested at most 64 deep.
     *
     * @throws JsonException with the offset of the first byte that does not fit
     */
    public static Json parse(byte[] text) throws JsonException {
        return new Json(new JsonParser(text).parse(), 0, NONE, "");
    }

    public Kind kind() {
        if (node == NONE) {
            return Kind.MISSING;
        }
        return switch (tape.type(node)) {
            case Tape.OBJECT -> Kind.OBJECT;
            case Tape.ARRAY -> Kind.ARRAY;
            case Tape.STRING, Tape.ESCAPED_STRING -> Kind.STRING;
            case Tape.NUMBER -> Kind.NUMBER;
            case Tape.TRUE, Tape.FALSE -> Kind.BOOLEAN;
            default -> Kind.MISSING;
        };
    }

    /** Whether there is no such value, or null. */
    public boolean isMissing() {
        return kind() == Kind.MISSING;
    }

    /**
     * The member of an object, or a missing value.
     *
     * @throws JsonException when this is neither an object nor missing, or has the name twice
     */
    public Json get(String name) throws JsonException {
        if (isMissing()) {
            return new Json(tape, NONE, NONE, within(path(), name));
        }
        require(Kind.OBJECT);
        int found = NONE;
        for (int key = tape.firstChild(node); key != NONE; key = tape.nextPair(key, node)) {
            if (tape.nameIs(key, name)) {
                if (found != NONE) {
                    throw new JsonException(within(path(), name) + " stands twice");
                }
                found = key + 1;
            }
        }
        return found == NONE
                ? new Json(tape, NONE, NONE, within(path(), name))
                : new Json(tape, found, node, "");
    }

    /**
     * Number of elements or members; 0 when missing.
     *
     * @throws JsonException for a scalar
     */
    public int size() throws JsonException {
        if (isMissing()) {
            return 0;
        }
        if (kind() != Kind.OBJECT && kind() != Kind.ARRAY) {
            throw wrong("a list or an object");
        }
        return tape.count(node);
    }

    /**
     * The elements of a list in order; none when missing.
     *
     * @throws JsonException for anything else
     */
    public Json[] elements() throws JsonException {
        if (isMissing()) {
            return new Json[0];
        }
        require(Kind.ARRAY);
        Json[] elements = new Json[tape.count(node)];
        int child = tape.firstChild(node);
        for (int i = 0; i < elements.length; i++) {
            elements[i] = new Json(tape, child, node, "");
            child = tape.after(child);
        }
        return elements;
    }

    /**
     * The values of an object's members in order; {@link #name} tells theirs. None when missing.
     *
     * @throws JsonException for anything else
     */
    public Json[] members() throws JsonException {
        if (isMissing()) {
            return new Json[0];
        }
        require(Kind.OBJECT);
        Json[] members = new Json[tape.count(node)];
        int key = tape.firstChild(node);
        for (int i = 0; i < members.length; i++) {
            members[i] = new Json(tape, key + 1, node, "");
            key = tape.after(key + 1);
        }
        return members;
    }

    /** The name of a value that is a member of an object, else an empty text. */
    public String name() {
        if (node == NONE || parent == NONE || tape.type(parent) != Tape.OBJECT) {
            return "";
        }
        return new String(tape.stringBytes(node - 1), StandardCharsets.UTF_8);
    }

    /**
     * A string's bytes.
     *
     * @throws JsonException when it is missing or not a string
     */
    public byte[] bytes() throws JsonException {
        require(Kind.STRING);
        return tape.stringBytes(node);
    }

    /**
     * A string that will be a C string.
     *
     * @throws JsonException when it is missing, not a string, or holds a NUL
     */
    public byte[] cString() throws JsonException {
        byte[] bytes = bytes();
        for (byte b : bytes) {
            if (b == 0) {
                throw new JsonException(path() + " holds a NUL character");
            }
        }
        return bytes;
    }

    /**
     * A string without NUL as text.
     *
     * @throws JsonException as {@link #cString}
     */
    public String string() throws JsonException {
        return new String(cString(), StandardCharsets.UTF_8);
    }

    /**
     * {@link #string}, or what to take when it is missing.
     *
     * @throws JsonException when it is there and not a string without NUL
     */
    public String string(String whenMissing) throws JsonException {
        return isMissing() ? whenMissing : string();
    }

    /**
     * A whole number.
     *
     * @throws JsonException when it is missing, no number, has a fraction or exponent, or is out of
     *     range
     */
    public long integer(long min, long max) throws JsonException {
        require(Kind.NUMBER);
        long value = tape.integer(node, path());
        if (value < min || value > max) {
            throw new JsonException(path() + " is " + value + ", must be " + min + " to " + max);
        }
        return value;
    }

    /**
     * {@link #integer(long, long)}, or what to take when it is missing.
     *
     * @throws JsonException when it is there and not such a number
     */
    public long integer(long min, long max, long whenMissing) throws JsonException {
        return isMissing() ? whenMissing : integer(min, max);
    }

    /**
     * An unsigned 64-bit number as the same bits of a long.
     *
     * @throws JsonException when it is missing or not a whole number from 0 to 2⁶⁴−1
     */
    public long unsigned() throws JsonException {
        require(Kind.NUMBER);
        return tape.unsigned(node, path());
    }

    /**
     * True or false; a missing value is false.
     *
     * @throws JsonException when it is anything else
     */
    public boolean isTrue() throws JsonException {
        if (isMissing()) {
            return false;
        }
        require(Kind.BOOLEAN);
        return tape.type(node) == Tape.TRUE;
    }

    /** Where the value stands, such as {@code process.rlimits[2].soft}; for messages. */
    public String path() {
        return node == NONE ? missingName : tape.path(node);
    }

    private void require(Kind kind) throws JsonException {
        if (kind() != kind) {
            throw wrong(
                    switch (kind) {
                        case OBJECT -> "an object";
                        case ARRAY -> "a list";
                        case STRING -> "a string";
                        case NUMBER -> "a number";
                        case BOOLEAN -> "true or false";
                        case MISSING -> "absent";
                    });
        }
    }

    private JsonException wrong(String expected) {
        String place = path().isEmpty() ? "the text" : path();
        return new JsonException(
                place + (isMissing() ? " is missing, must be " : " must be ") + expected);
    }

    private static String within(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
