package carafe.runtime.state;

import carafe.base.Id;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What every record must have, so that damage is found on reading and not in use. */
final class RecordCheck {
    private RecordCheck() {}

    static void id(@Nullable String id) throws IOException {
        if (id == null || !Id.isValid(id)) {
            throw new IOException("a record without a valid id");
        }
    }

    static void present(String names, @Nullable Object... values) throws IOException {
        for (Object each : values) {
            if (each == null) {
                throw new IOException("a record without one of " + names);
            }
        }
    }
}
