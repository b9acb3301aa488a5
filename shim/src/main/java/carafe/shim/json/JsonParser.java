package carafe.shim.json;

import carafe.shim.wire.Utf8Text;

/** Fills a {@link Tape} from a text of RFC 8259; refuses whatever is not wholly that. */
final class JsonParser {
    private static final int MAX_TEXT_BYTES = 4 << 20;
    private static final int MAX_DEPTH = 64;

    private final byte[] text;
    private final Tape tape;
    private int at;

    JsonParser(byte[] text) {
        this.text = text;
        this.tape = new Tape(text);
    }

    Tape parse() throws JsonException {
        if (text.length > MAX_TEXT_BYTES) {
            throw new JsonException(
                    "JSON of " + text.length + " bytes, at most " + MAX_TEXT_BYTES + " are read");
        }
        skipSpace();
        value(0);
        skipSpace();
        if (at < text.length) {
            throw error("nothing may follow");
        }
        return tape;
    }

    private void value(int depth) throws JsonException {
        switch (peek()) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> string();
            case 't' -> word("true", Tape.TRUE);
            case 'f' -> word("false", Tape.FALSE);
            case 'n' -> word("null", Tape.NULL);
            default -> number();
        }
    }

    private void object(int depth) throws JsonException {
        int node = open(Tape.OBJECT, depth);
        int children = 0;
        if (!closes('}')) {
            do {
                skipSpace();
                if (peek() != '"') {
                    throw error("expected a name in quotes");
                }
                string();
                skipSpace();
                expect(':');
                skipSpace();
                value(depth);
                children++;
            } while (continues('}'));
        }
        tape.close(node, children);
    }

    private void array(int depth) throws JsonException {
        int node = open(Tape.ARRAY, depth);
        int children = 0;
        if (!closes(']')) {
            do {
                skipSpace();
                value(depth);
                children++;
            } while (continues(']'));
        }
        tape.close(node, children);
    }

    private int open(int type, int depth) throws JsonException {
        if (depth > MAX_DEPTH) {
            throw error("nested deeper than " + MAX_DEPTH);
        }
        return tape.add(type, at++, 0);
    }

    private boolean closes(char bracket) throws JsonException {
        skipSpace();
        if (peek() != bracket) {
            return false;
        }
        at++;
        return true;
    }

    private boolean continues(char bracket) throws JsonException {
        skipSpace();
        int next = peek();
        if (next != ',' && next != bracket) {
            throw error("expected , or " + bracket);
        }
        at++;
        return next == ',';
    }

    private void string() throws JsonException {
        int start = ++at;
        int type = Tape.STRING;
        while (peek() != '"') {
            int b = text[at] & 0xff;
            if (b < ' ') {
                throw error("a control character in a string");
            } else if (b == '\\') {
                type = Tape.ESCAPED_STRING;
                escape();
            } else {
                at += characterBytes();
            }
        }
        tape.add(type, start, at++);
    }

    private int characterBytes() throws JsonException {
        int bytes = Utf8Text.characterBytes(text, at);
        if (bytes == 0) {
            throw error("not UTF-8");
        }
        return bytes;
    }

    private void escape() throws JsonException {
        int letter = at + 1 < text.length ? text[at + 1] : 0;
        if (letter != 'u') {
            if (Escapes.simple((byte) letter) == 0) {
                throw error("an unknown escape");
            }
            at += 2;
            return;
        }
        int character = Escapes.hex(text, at + 2);
        if (character < 0) {
            throw error("\\u needs four hexadecimal digits");
        }
        if (Escapes.isHighSurrogate(character)) {
            boolean pair =
                    at + 7 < text.length
                            && text[at + 6] == '\\'
                            && text[at + 7] == 'u'
                            && Escapes.isLowSurrogate(Escapes.hex(text, at + 8));
            if (!pair) {
                throw error("half of a surrogate pair");
            }
            at += 12;
        } else if (Escapes.isLowSurrogate(character)) {
            throw error("half of a surrogate pair");
        } else {
            at += 6;
        }
    }

    private void number() throws JsonException {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        int integer = at;
        digits();
        if (text[integer] == '0' && at > integer + 1) {
            throw new JsonException("JSON at byte " + start + ": a number starts with 0");
        }
        if (at < text.length && text[at] == '.') {
            at++;
            digits();
        }
        if (at < text.length && (text[at] | 0x20) == 'e') {
            at++;
            if (at < text.length && (text[at] == '+' || text[at] == '-')) {
                at++;
            }
            digits();
        }
        tape.add(Tape.NUMBER, start, at);
    }

    private void digits() throws JsonException {
        int start = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        if (at == start) {
            peek();
            throw error("expected a value");
        }
    }

    private void word(String word, int type) throws JsonException {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= text.length || text[at + i] != word.charAt(i)) {
                throw error("expected a value");
            }
        }
        tape.add(type, at, at + word.length());
        at += word.length();
    }

    private void expect(char punctuation) throws JsonException {
        if (peek() != punctuation) {
            throw error("expected " + punctuation);
        }
        at++;
    }

    private void skipSpace() {
        while (at < text.length
                && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r')) {
            at++;
        }
    }

    private int peek() throws JsonException {
        if (at >= text.length) {
            throw error("the text ends too early");
        }
        return text[at];
    }

    private JsonException error(String what) {
        return new JsonException("JSON at byte " + at + ": " + what);
    }
}
