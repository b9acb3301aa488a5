package carafe.shim.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Repairs what TeaVM 0.15.0 gets wrong around exceptions. A variable assigned within a try and read
 * after its longjmp must be volatile; for references TeaVM writes {@code volatile void* x}, which
 * is a pointer to something volatile and leaves the variable itself to the optimizer. Seen at -O1
 * and above: the variable is null in the catch block.
 */
final class SpillRepair {
    private static final Pattern WRONG =
            Pattern.compile("volatile (\\w+) ?\\* ?(teavm_spill_\\d+);");
    private static final String RIGHT = "$1* volatile $2;";

    private SpillRepair() {}

    /** Repairs every C file below the directory. */
    static void repair(Path directory) throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(directory)) {
            sources = files.filter(f -> f.toString().endsWith(".c")).toList();
        }
        for (Path source : sources) {
            String text = Files.readString(source);
            String repaired = repair(text);
            if (!repaired.equals(text)) {
                Files.writeString(source, repaired);
            }
        }
    }

    static String repair(String text) {
        return WRONG.matcher(text).replaceAll(RIGHT);
    }
}
