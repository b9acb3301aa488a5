package carafe.proto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Rows of a tab-separated resource, its lines of comment (#) left out. */
final class TestTable {
    private TestTable() {}

    static List<String> lines(String resource) {
        try (InputStream in = TestTable.class.getResourceAsStream("/" + resource)) {
            if (in == null) {
                throw new IllegalStateException("no test resource " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("read test resource " + resource, e);
        }
    }

    static List<List<String>> rows(String resource) {
        return lines(resource).stream().map(line -> List.of(line.split("\t", -1))).toList();
    }
}
