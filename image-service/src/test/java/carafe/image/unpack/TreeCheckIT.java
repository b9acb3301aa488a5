package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.image.snapshot.Layer;
import carafe.image.snapshot.LayerStore;
import carafe.image.snapshot.TreeCheck;
import carafe.linux.fs.FileCalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens to an unpacked layer behind the store's back is found and named. */
class TreeCheckIT {
    @TempDir Path dir;
    private LayerStore store;

    @BeforeEach
    void unpack() {
        Store unpacked = new Store(dir.resolve("layers"));
        byte[] base =
                new TarBuilder()
                        .dir("etc/")
                        .file("etc/big", "b".repeat(300_000))
                        .file("etc/two", "2")
                        .symlink("etc/link", "two")
                        .hardlink("etc/hard", "etc/two")
                        .pax("SCHILY.xattr.user.note", "n")
                        .file("etc/noted", "x")
                        .device('3', "null", 1, 3)
                        .fifo("pipe")
                        .file("with space \\ \u00ff\u0001", "odd")
                        .dir("empty")
                        .file("etc.d/after", "sorted behind etc/")
                        .build();
        byte[] top =
                new TarBuilder()
                        .file("etc/.wh.two", "")
                        .hardlink("etc/noted2", "etc/noted")
                        .file("replaced", "first")
                        .file("replaced", "second, longer")
                        .build();
        unpacked.unpack(base, top);
        store = LayerStore.open(dir.resolve("layers"), FileCalls.linux());
    }

    private List<String> findings() throws InterruptedException {
        List<String> found = new ArrayList<>();
        for (Layer layer : store.list()) {
            TreeCheck check =
                    new TreeCheck(
                            FileCalls.linux(), layer, (path, what) -> found.add(path + " " + what));
            assertThat(check.run()).isEqualTo(TreeCheck.Outcome.COMPARED);
        }
        return found;
    }

    @Test
    void findsNothingInWhatWasUnpacked() throws Exception {
        assertThat(findings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "printf X | dd of=etc/big bs=1 seek=150000 conv=notrunc status=none; touch -d @1000000000 etc/big"
                        + "#/etc/big differs in content",
                "rm etc/hard; cp -p etc/two etc/hard#/etc/hard differs in links",
                "chmod 4644 etc/big#/etc/big differs in mode",
                "chown 7 etc/big#/etc/big differs in owner",
                "touch -d @5 etc/big#/etc/big differs in time",
                "setfattr -n user.note -v m etc/noted#/etc/noted differs in attributes",
                "setfattr -n user.more -v m etc.d#/etc.d differs in attributes",
                "ln -sfn big etc/link; touch -h -d @1000000000 etc/link#/etc/link differs in content",
                "rm -r etc.d#/etc.d is missing",
                "mkdir empty/more; echo x > empty/more/x#/empty/more was not unpacked",
                "rm null; mknod -m 644 null c 1 5; touch -d @1000000000 null#/null differs in content",
                "mv 'with space '* plain#/plain was not unpacked",
                "mv 'with space '* plain#/with\\x20space\\x20\\x5c\\x20\\xff\\x01 is missing",
                "rm -r etc; echo > etc#/etc differs in mode",
                "printf X | dd of=../tree bs=1 seek=60 conv=notrunc status=none"
                        + "#/ the layer's own record is damaged",
                "truncate -s 60 ../tree#/ the layer's own record is damaged",
                "rm ../tree#/ cannot be read",
            })
    void namesWhatWasChanged(String command, String finding) throws Exception {
        Path fs =
                store.list().stream()
                        .filter(l -> l.id().equals(l.diffId()))
                        .findFirst()
                        .orElseThrow()
                        .fs();
        Shell.run(fs, command);

        assertThat(findings()).anySatisfy(found -> assertThat(found).startsWith(finding));
    }

    @Test
    void saysWhenALayerIsGone() throws Exception {
        Shell.run(dir, "rm -r layers/*/fs");

        assertThat(findings()).hasSize(2).allSatisfy(f -> assertThat(f).contains("cannot be read"));
    }
}
