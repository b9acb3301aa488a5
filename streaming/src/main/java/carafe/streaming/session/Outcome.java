package carafe.streaming.session;

import java.nio.charset.StandardCharsets;

/** How an exec or attach ended, as a client reads it on its error stream. */
public sealed interface Outcome {
    /** The command ended with code 0, or the attached process has ended. */
    record Success() implements Outcome {}

    /**
     * The command ended otherwise.
     *
     * @param code 1 to 255
     */
    record NonZero(int code) implements Outcome {}

    /** There is no exit code. */
    record Failure(String message) implements Outcome {}

    /** The Status object of protocol version 4 and later, as UTF-8 JSON. */
    default byte[] statusJson() {
        String json =
                switch (this) {
                    case Success _ -> "{\"metadata\":{},\"status\":\"Success\"}";
                    case NonZero(int code) ->
                            """
                            {"metadata":{},"status":"Failure",\
                            "message":"command terminated with non-zero exit code: exit status %1$d",\
                            "reason":"NonZeroExitCode",\
                            "details":{"causes":[{"reason":"ExitCode","message":"%1$d"}]}}\
                            """
                                    .formatted(code);
                    case Failure(String message) ->
                            """
                            {"metadata":{},"status":"Failure","message":"%1$s",\
                            "reason":"InternalError","details":{"causes":[{"message":"%1$s"}]},\
                            "code":500}\
                            """
                                    .formatted(escaped(message));
                };
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** The text of protocol versions before 4; empty = success. */
    default byte[] plainText() {
        String text =
                switch (this) {
                    case Success _ -> "";
                    case NonZero(int code) ->
                            "command terminated with non-zero exit code: exit status " + code;
                    case Failure(String message) -> message;
                };
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
