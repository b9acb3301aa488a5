package carafe.shim.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Has TeaVM 0.15.0's collector look at the whole heap each time. A collection of young objects only
 * loses objects that are in use: after some hundred execs that failed or were left, control
 * followed a pointer into nowhere. The heap is a quarter of a megabyte, so all of it takes no time
 * that matters.
 */
final class WholeCollections {
    private static final String COLLECT =
            """
                meth_otr_GC_doCollectGarbage();
                teavm_local_2 = INT64_C(0);
            """;
    private static final String COLLECT_ALL =
            """
                meth_otr_GC_triggerFullGC();
            """
                    + COLLECT;

    private WholeCollections() {}

    /** Changes the generated collector below the directory. */
    static void apply(Path directory) throws IOException {
        Path file = directory.resolve("c/o/t/r/GC.c");
        String text = Files.readString(file);
        Files.writeString(file, Replacement.once(file, text, COLLECT, COLLECT_ALL));
    }
}
