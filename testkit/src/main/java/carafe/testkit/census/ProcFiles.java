package carafe.testkit.census;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads of /proc and /sys, where anything may vanish between two looks: what is gone is empty. */
final class ProcFiles {
    static final Path PROC = Path.of("/proc");

    private ProcFiles() {}

    static List<Path> list(Path dir) {
        try (Stream<Path> entries = Files.list(dir)) {
            return entries.toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The numbered directories of /proc. */
    static List<Path> processes() {
        return list(PROC).stream()
                .filter(dir -> dir.getFileName().toString().chars().allMatch(Character::isDigit))
                .toList();
    }

    static String text(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            return new String(bytes, StandardCharsets.ISO_8859_1).replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
