package carafe.shim.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps TeaVM 0.15.0's heap from ever being exactly full. For an object that does not fit, it grows
 * to the byte; the next collection then finds no free chunk at all, follows a pointer that is not
 * there, and the process dies. Seen after an array larger than what was free.
 */
final class HeapSlack {
    private static final String EXACT =
            "return (teavm_gc_availableBytes + ((int64_t) teavm_local_1));";
    private static final String WITH_SLACK =
            "return (teavm_gc_availableBytes + ((int64_t) teavm_local_1) + INT64_C(4096));";

    private HeapSlack() {}

    /** Changes the generated collector below the directory. */
    static void apply(Path directory) throws IOException {
        Path collector = directory.resolve("c/o/t/r/GC.c");
        String text = Files.readString(collector);
        Files.writeString(collector, Replacement.once(collector, text, EXACT, WITH_SLACK));
    }
}
