package carafe.linux.dbus;

import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/** One complete type of a D-Bus signature. */
sealed interface DbusType {
    /** Longest signature that the specification allows. */
    int MAX_SIGNATURE = 255;

    /** Deepest nesting we follow; the specification allows 64, nothing we speak needs 8. */
    int MAX_DEPTH = 16;

    /** A number, a flag or a text, by its letter. */
    record Basic(char code) implements DbusType {}

    /** A value that brings its own signature. */
    record Variant() implements DbusType {}

    /** Any number of values of one type. */
    record Array(DbusType item) implements DbusType {}

    /** A fixed row of values; also an entry of a dictionary. */
    record Struct(List<DbusType> members) implements DbusType {}

    /** Where a value of this type begins: a multiple of this. */
    default int alignment() {
        return switch (this) {
            case Basic(char code) ->
                    switch (code) {
                        case 'y', 'g' -> 1;
                        case 'n', 'q' -> 2;
                        case 'x', 't', 'd' -> 8;
                        default -> 4;
                    };
            case Variant() -> 1;
            case Array _ -> 4;
            case Struct _ -> 8;
        };
    }

    /**
     * The types in a signature.
     *
     * @throws ProtocolException for anything that is not one
     */
    static List<DbusType> parse(String signature) throws ProtocolException {
        if (signature.length() > MAX_SIGNATURE) {
            throw new ProtocolException("a signature of " + signature.length() + " characters");
        }
        Parser parser = new Parser(signature);
        List<DbusType> types = new ArrayList<>();
        while (!parser.atEnd()) {
            types.add(parser.next(0));
        }
        return types;
    }

    /** Reads a signature from left to right. */
    final class Parser {
        private static final String BASIC = "ybnqiuxtdsogh";

        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        boolean atEnd() {
            return at == text.length();
        }

        DbusType next(int depth) throws ProtocolException {
            if (atEnd() || depth > MAX_DEPTH) {
                throw wrong();
            }
            char code = text.charAt(at++);
            return switch (code) {
                case 'v' -> new Variant();
                case 'a' -> new Array(next(depth + 1));
                case '(' -> new Struct(members(')', depth));
                case '{' -> new Struct(members('}', depth));
                default -> {
                    if (BASIC.indexOf(code) < 0) {
                        throw wrong();
                    }
                    yield new Basic(code);
                }
            };
        }

        private List<DbusType> members(char end, int depth) throws ProtocolException {
            List<DbusType> members = new ArrayList<>();
            while (!atEnd() && text.charAt(at) != end) {
                members.add(next(depth + 1));
            }
            if (atEnd() || members.isEmpty() || (end == '}' && members.size() != 2)) {
                throw wrong();
            }
            at++;
            return List.copyOf(members);
        }

        private ProtocolException wrong() {
            return new ProtocolException("\"" + text + "\" is not a D-Bus signature");
        }
    }
}
