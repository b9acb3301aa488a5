package carafe.rpc;

import carafe.base.CarafeException;
import com.google.protobuf.ListValue;
import com.google.protobuf.StringValue;
import java.nio.charset.StandardCharsets;

/** Answers {@code carafe debug}: the first word says what, the second of which. */
record Debug(DebugView view) implements Rpc<ListValue, StringValue> {
    /** Far below the largest message. */
    private static final int MOST_BYTES = 8 << 20;

    @Override
    public StringValue call(ListValue request, Call call) {
        String what = word(request, 0);
        String which = word(request, 1);
        call.note("debug", what);
        return StringValue.of(
                switch (what) {
                    case "operations" -> Json.pretty(view.operations());
                    case "object" -> Json.pretty(view.object(Requests.id("id", which)));
                    case "stacks" -> cut(view.stacks());
                    case "log-level" -> {
                        view.logLevel(which);
                        yield "log level is now " + which;
                    }
                    default ->
                            throw new CarafeException.Invalid(
                                    "there is nothing to debug called \"%s\"; there are operations, object, stacks and log-level"
                                            .formatted(what));
                });
    }

    private static String word(ListValue request, int index) {
        return index < request.getValuesCount() ? request.getValues(index).getStringValue() : "";
    }

    private static String cut(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES
                ? text
                : text.substring(0, MOST_BYTES / 4) + "\n[cut here: more than 8 MiB]\n";
    }
}
