package carafe.runtime.cdi;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The directories of the node's CDI files. Thread-safe. */
final class CdiDirectories {
    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_FILES = 1_000;

    private final List<Path> directories;
    private final DurableFiles files;
    private final CdiSpecReader reader = new CdiSpecReader();

    /**
     * @param directories a later one has the higher priority
     */
    CdiDirectories(List<Path> directories, DurableFiles files) {
        this.directories = List.copyOf(directories);
        this.files = files;
    }

    /**
     * What is there now.
     *
     * @param problems files that could not be read, each with the reason
     */
    record Found(List<CdiSpec> specs, List<String> problems) {}

    List<Path> directories() {
        return directories;
    }

    /** Reads them all; a damaged file hurts its own devices only. */
    Found read() {
        List<CdiSpec> specs = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (int priority = 0; priority < directories.size(); priority++) {
            for (Path file : list(directories.get(priority), problems)) {
                try {
                    specs.add(reader.read(file, priority, content(file)));
                } catch (CarafeException | IOException e) {
                    problems.add(file + ": " + e.getMessage());
                }
            }
        }
        return new Found(specs, problems);
    }

    private byte[] content(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CarafeException.Invalid("it is no regular file");
        }
        return files.read(file, MAX_FILE_BYTES);
    }

    private static List<Path> list(Path directory, List<String> problems) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.{json,yaml}")) {
            for (Path each : entries) {
                if (found.size() == MAX_FILES) {
                    problems.add("%s: more than %d files".formatted(directory, MAX_FILES));
                    break;
                }
                found.add(each);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return found;
        } catch (IOException e) {
            problems.add(directory + ": " + e.getMessage());
        }
        found.sort(null);
        return found;
    }
}
