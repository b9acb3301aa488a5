package carafe.shim.record;

/** Writes JSON. */
final class JsonText {
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder text = new StringBuilder("{");

    JsonText number(String name, long value) {
        name(name).append(value);
        return this;
    }

    JsonText flag(String name, boolean value) {
        name(name).append(value);
        return this;
    }

    JsonText string(String name, String value) {
        quote(name(name), value);
        return this;
    }

    String end() {
        return text.append("}\n").toString();
    }

    private StringBuilder name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        quote(text, name);
        return text.append(':');
    }

    private static void quote(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                text.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
