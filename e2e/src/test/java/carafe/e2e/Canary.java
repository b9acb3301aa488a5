package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A tree of the node that no container may touch or see: every name and attribute is known. */
final class Canary {
    /** What its file says; found in no container. */
    static final String TEXT = "canary of the node";

    private final Path top;
    private final Map<String, String> known;

    private Canary(Path top, Map<String, String> known) {
        this.top = top;
        this.known = known;
    }

    /**
     * @param top does not exist yet
     */
    static Canary make(Path top) throws IOException {
        Files.createDirectories(top.resolve("sub"));
        for (String name : new String[] {"file", "sub/file", "ptmx", "null", "sys", "hosts"}) {
            Files.writeString(top.resolve(name), TEXT);
        }
        return new Canary(top, look(top));
    }

    Path path() {
        return top;
    }

    /** Nothing changed, nothing added, nothing mounted on it. */
    void assertIntact() throws IOException {
        assertThat(look(top)).isEqualTo(known);
        assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo")))
                .noneMatch(line -> line.contains(top.toString()));
    }

    private static Map<String, String> look(Path top) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(top)) {
            tree.forEach(file -> found.put(file.toString(), describe(file)));
        }
        return found;
    }

    private static String describe(Path file) {
        try {
            Map<String, Object> all =
                    Files.readAttributes(
                            file,
                            "unix:mode,uid,gid,nlink,ino,size,lastModifiedTime,ctime",
                            LinkOption.NOFOLLOW_LINKS);
            String content = Files.isRegularFile(file) ? Files.readString(file) : "";
            return new TreeMap<>(all) + content;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
