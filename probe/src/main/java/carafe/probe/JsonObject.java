package carafe.probe;

/** Text of one JSON object, member by member. */
final class JsonObject {
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder text = new StringBuilder("{");

    JsonObject put(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    JsonObject put(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    JsonObject put(String name, JsonObject value) {
        name(name);
        text.append(value.text).append('}');
        return this;
    }

    /** The whole, once nothing more comes. */
    String end() {
        return text + "}";
    }

    private void name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        quote(name);
        text.append(':');
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char each = value.charAt(i);
            if (each == '"' || each == '\\') {
                text.append('\\').append(each);
            } else if (each < ' ' || each > '~') {
                text.append("\\u00").append(HEX.charAt(each >> 4 & 15));
                text.append(HEX.charAt(each & 15));
            } else {
                text.append(each);
            }
        }
        text.append('"');
    }
}
