package carafe.testkit.census;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryCountTest {
    @Test
    void findsDirectoriesDownToTheDepth(@TempDir Path top) throws IOException {
        Files.createDirectories(top.resolve("a/b/c"));
        Files.writeString(top.resolve("a/file"), "");

        assertThat(DirectoryCount.below(top, 2))
                .containsExactlyInAnyOrder(top, top.resolve("a"), top.resolve("a/b"));
    }

    @Test
    void whatVanishesMeanwhileHidesNothingElse(@TempDir Path top) throws Exception {
        Path[] stay = new Path[50];
        for (int i = 0; i < stay.length; i++) {
            stay[i] = Files.createDirectories(top.resolve("stays" + i));
        }
        AtomicBoolean ended = new AtomicBoolean();
        Thread others =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!ended.get()) {
                                comeAndGo(top);
                            }
                        });
        try {
            for (int i = 0; i < 200; i++) {
                assertThat(DirectoryCount.below(top, 6)).contains(stay);
            }
        } finally {
            ended.set(true);
            others.join();
        }
    }

    private static void comeAndGo(Path top) {
        Path group = top.resolve("comes");
        try {
            Files.createDirectories(group.resolve("x"));
            Files.delete(group.resolve("x"));
            Files.delete(group);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
