package carafe.shim.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives TeaVM 0.15.0's collector a second way of life, for a forked child that ends soon: after a
 * call of {@code carafe_growHeap} it takes 256 KiB more whenever it would collect, as long as the
 * heap's greatest size allows. The new piece is one free chunk behind all others; what is left of
 * the chunk before it has already been marked as free, so a later collection finds a heap in order,
 * of which it looks at the whole, see {@link WholeCollections}: nobody has noted where objects of
 * the new pieces begin.
 */
final class HeapGrowth {
    private static final String DECLARED =
            """
            extern void teavm_initHeap(int64_t minHeap, int64_t maxHeap);
            """;
    private static final String DECLARED_TOO =
            DECLARED
                    + """
                    extern int32_t carafe_heapGrows;
                    extern void carafe_growHeap();
                    """;
    private static final String DEFINED =
            """
            static int64_t teavm_gc_pageSize;
            """;
    private static final String DEFINED_TOO =
            DEFINED
                    + """
                    int32_t carafe_heapGrows = 0;
                    void carafe_growHeap() {
                        carafe_heapGrows = 1;
                    }
                    """;
    private static final String COLLECT =
            """
                    return;
                }
                meth_otr_GC_collectGarbageImpl(teavm_local_1);
            """;
    private static final String GROW_OR_COLLECT =
            """
                    return;
                }
                int64_t before = teavm_gc_availableBytes;
                int64_t more = INT64_C(262144) + teavm_local_1;
                more -= more % INT64_C(4096);
                if (carafe_heapGrows && before + more <= teavm_gc_maxAvailableBytes) {
                    teavm_gc_resizeHeap(before + more);
                    sfld_otr_GC_currentChunk = TEAVM_ADDRESS_ADD(teavm_gc_heapAddress, before);
                    sfld_otr_GC_currentChunkLimit = TEAVM_ADDRESS_ADD(sfld_otr_GC_currentChunk, more);
                    TEAVM_FIELD(sfld_otr_GC_currentChunk, cls_otr_FreeChunk, fld_classReference) = INT32_C(0);
                    TEAVM_FIELD(sfld_otr_GC_currentChunk, cls_otr_FreeChunk, fld_size) = (int32_t) more;
                    sfld_otr_GC_freeMemory += (int32_t) more;
                    sfld_otr_GC_freeChunks = INT32_C(1);
                    return;
                }
                meth_otr_GC_collectGarbageImpl(teavm_local_1);
            """;

    private HeapGrowth() {}

    /** Changes the generated collector below the directory. */
    static void apply(Path directory) throws IOException {
        change(directory.resolve("memory.h"), DECLARED, DECLARED_TOO);
        change(directory.resolve("memory.c"), DEFINED, DEFINED_TOO);
        change(directory.resolve("c/o/t/r/GC.c"), COLLECT, GROW_OR_COLLECT);
    }

    private static void change(Path file, String what, String with) throws IOException {
        Files.writeString(file, Replacement.once(file, Files.readString(file), what, with));
    }
}
