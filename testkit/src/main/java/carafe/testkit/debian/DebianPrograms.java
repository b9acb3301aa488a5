package carafe.testkit.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Copies dynamically linked programs with the libraries they need. */
final class DebianPrograms {
    private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x[0-9a-f]+\\)");

    private DebianPrograms() {}

    /**
     * Copies a program.
     *
     * @param tree a merged-/usr tree, where the libraries go
     * @throws IOException naming a library that is not installed
     */
    static void copy(Path program, Path target, Path tree, Path scratch)
            throws IOException, InterruptedException {
        String list = Command.run(scratch, List.of("ldd", program.toString()));
        if (list.contains("not found")) {
            throw new IOException("%s lacks libraries:%n%s".formatted(program, list));
        }
        copy(program, target);
        for (String line : list.lines().toList()) {
            Matcher library = LIBRARY.matcher(line);
            if (library.find()) {
                Path file = Path.of(library.group(1));
                String path = file.toString().substring(1);
                copy(file, tree.resolve(path.startsWith("usr/") ? path : "usr/" + path));
            }
        }
    }

    private static void copy(Path file, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        Files.copy(file.toRealPath(), target, StandardCopyOption.REPLACE_EXISTING);
        if (!target.toFile().setExecutable(true, false)) {
            throw new IOException("cannot make %s executable".formatted(target));
        }
    }
}
