package carafe.shim.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps TeaVM's runtime from writing into every class at the start. It links all of them into a
 * list that the collector walks for class objects; a class is now linked when it gets such an
 * object.
 */
final class QuietClasses {
    private static final String LINK_ALL =
            """
                for (int i = 0; i < teavm_classReferencesCount; ++i) {
                    TeaVM_Class* cls = teavm_classReferences[i];
                    cls->next = teavm_firstClass;
                    teavm_firstClass = cls;
                }
            """;
    private static final String CREATED =
            """
                    cls->classObject = result;
            """;
    private static final String CREATED_AND_LINKED =
            CREATED
                    + """
                            cls->next = teavm_firstClass;
                            teavm_firstClass = cls;
                    """;
    private static final String LINK_ARRAY =
            """
                classPtr->next = teavm_firstClass;
                teavm_firstClass = classPtr;
            """;

    private QuietClasses() {}

    /** Changes the generated sources below the directory. */
    static void apply(Path directory) throws IOException {
        Path core = directory.resolve("core.c");
        String text = Files.readString(core);
        text = Replacement.once(core, text, LINK_ALL, "");
        Files.writeString(core, Replacement.once(core, text, CREATED, CREATED_AND_LINKED));
        Path arrays = directory.resolve("arrayclass.c");
        Files.writeString(
                arrays, Replacement.once(arrays, Files.readString(arrays), LINK_ARRAY, ""));
    }
}
