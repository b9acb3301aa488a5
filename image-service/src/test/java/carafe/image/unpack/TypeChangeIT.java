package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An entry replaces an entry of the same name, whatever the two types are (7 x 7). */
class TypeChangeIT {
    enum Kind {
        FILE,
        DIRECTORY,
        SYMLINK,
        HARDLINK,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        FIFO;

        void add(TarBuilder tar) {
            String name = "d/x";
            switch (this) {
                case FILE -> tar.file(name, "content");
                case DIRECTORY -> tar.dir(name).file(name + "/below", "b");
                case SYMLINK -> tar.symlink(name, "target");
                case HARDLINK -> tar.hardlink(name, "other");
                case CHARACTER_DEVICE -> tar.device('3', name, 1, 3);
                case BLOCK_DEVICE -> tar.device('4', name, 7, 200);
                case FIFO -> tar.fifo(name);
            }
        }
    }

    @TempDir Path dir;

    private static List<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        for (Kind from : Kind.values()) {
            for (Kind to : Kind.values()) {
                pairs.add(Arguments.of(from, to));
            }
        }
        return pairs;
    }

    /** Equals a tar that has only the second entry; a directory keeps what it has. */
    @ParameterizedTest
    @MethodSource("pairs")
    void theLaterEntryStays(Kind from, Kind to) throws Exception {
        TarBuilder both = new TarBuilder().dir("./").dir("d/").file("other", "o");
        from.add(both);
        to.add(both);
        TarBuilder last = new TarBuilder().dir("./").dir("d/").file("other", "o");
        to.add(last);

        List<Path> layers = new Store(dir.resolve("layers")).unpack(both.build(), last.build());

        String expected = TreeListing.of(layers.get(1));
        boolean hides = to == Kind.DIRECTORY && from != Kind.DIRECTORY;
        assertThat(TreeListing.of(layers.get(0)))
                .isEqualTo(
                        hides
                                ? expected.replace(
                                        "/d/x 040755 0:0 t=1000000000.000000000",
                                        "/d/x 040755 0:0 t=1000000000.000000000"
                                                + " {trusted.overlay.opaque=y}")
                                : expected);
    }

    /** GNU tar as the judge, where it replaces at all (it does not replace full directories). */
    @ParameterizedTest
    @MethodSource("pairs")
    void equalsGnuTar(Kind from, Kind to) throws Exception {
        TarBuilder tar = new TarBuilder().dir("./").dir("d/").file("other", "o");
        from.add(tar);
        to.add(tar);
        byte[] bytes = tar.build();
        Files.write(dir.resolve("t.tar"), bytes);
        Shell.run(dir, "mkdir g; tar -C g --recursive-unlink --numeric-owner -xpf t.tar");

        Path layer = new Store(dir.resolve("layers")).unpack(bytes).getFirst();

        String mine = TreeListing.withoutDirectoryTimes(layer);
        assertThat(mine.replace(" {trusted.overlay.opaque=y}", ""))
                .isEqualTo(TreeListing.withoutDirectoryTimes(dir.resolve("g")));
    }
}
