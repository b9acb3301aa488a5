package carafe.bench.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The newest rows of every scenario: {@code latest.json}, a list, and {@code latest.svg} beside it.
 * A scenario that is measured again replaces its rows and leaves the others. Used by one thread.
 */
public final class Results {
    private static final TypeReference<List<Row>> ROWS = new TypeReference<>() {};

    private final JsonMapper mapper =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();
    private final Path dir;

    /**
     * @param dir made when it is missing
     */
    public Results(Path dir) {
        this.dir = dir;
    }

    /**
     * What is there; nothing at first.
     *
     * @throws IOException also when the file is damaged, naming it
     */
    public List<Row> read() throws IOException {
        Path file = file();
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return mapper.readValue(Files.readString(file), ROWS);
        } catch (JacksonException e) {
            throw new IOException(file + " is damaged; delete it and measure again", e);
        }
    }

    /** Puts these rows in the place of all rows of that scenario, and draws the chart anew. */
    public void replace(String name, List<Row> rows) throws IOException {
        List<Row> all = new ArrayList<>();
        boolean placed = false;
        for (Row row : read()) {
            if (!row.name().equals(name)) {
                all.add(row);
            } else if (!placed) {
                placed = true;
                all.addAll(rows);
            }
        }
        if (!placed) {
            all.addAll(rows);
        }
        Files.createDirectories(dir);
        write(file(), mapper.writeValueAsString(all) + "\n");
        write(dir.resolve("latest.svg"), new Chart(all).svg());
    }

    /** Where the rows are. */
    public Path file() {
        return dir.resolve("latest.json");
    }

    private static void write(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
