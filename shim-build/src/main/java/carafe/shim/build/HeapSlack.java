package carafe.shim.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives TeaVM 0.15.0's collector the room it does not give itself.
 *
 * <p>Its heap must never be exactly full. For an object that does not fit, it grows to the byte;
 * the next collection then finds no free chunk at all, follows a pointer that is not there, and the
 * process dies. Seen after an array larger than what was free.
 *
 * <p>Its work space, a sixteenth of the heap, holds eight bytes for each free chunk and then 24
 * bytes for each block of objects that moves. A heap of small objects, every other one dead, needs
 * more, and the collector writes past the end. An object and a free chunk are at least eight bytes
 * each, so twice the heap is enough; pages that nothing is written to cost nothing.
 */
final class HeapSlack {
    private static final String EXACT =
            "return (teavm_gc_availableBytes + ((int64_t) teavm_local_1));";
    private static final String WITH_SLACK =
            "return (teavm_gc_availableBytes + ((int64_t) teavm_local_1) + INT64_C(4096));";

    private static final String WORK_SPACE = "return (int32_t) (heapSize / 16);";
    private static final String ENOUGH = "return (int32_t) (heapSize * 2);";

    private HeapSlack() {}

    /** Changes the generated collector below the directory. */
    static void apply(Path directory) throws IOException {
        Path collector = directory.resolve("c/o/t/r/GC.c");
        String text = Files.readString(collector);
        Files.writeString(collector, Replacement.once(collector, text, EXACT, WITH_SLACK));
        Path memory = directory.resolve("memory.c");
        String sizes = Files.readString(memory);
        Files.writeString(memory, Replacement.once(memory, sizes, WORK_SPACE, ENOUGH));
    }
}
