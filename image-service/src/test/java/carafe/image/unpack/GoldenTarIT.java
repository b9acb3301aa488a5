package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What GNU tar extracts and what Carafe unpacks is the same, in everything that a file has. */
class GoldenTarIT {
    private static final String TREE =
            """
            mkdir -p src/d/e src/empty src/'with space'; cd src
            echo plain > d/plain; head -c 300000 /dev/urandom > d/e/random; : > d/zero
            chmod 4755 d/plain; chmod 2750 d/e; chmod 1777 empty; chmod 0000 d/zero
            chown 12345:54321 d/e/random; chown -h 7:8 d; chown 4294967294:1 d/zero
            ln -s ../plain d/e/link; ln -s /absolute/nowhere dangling; chown -h 9:9 dangling
            ln d/plain d/e/hard; ln d/e/random 'with space/hard2'; ln dangling hardsym
            mkfifo -m 0622 fifo; mknod -m 0640 null c 1 3; mknod disk b 259 65537
            touch -d '2001-02-03 04:05:06.123456789' d/plain; touch -d '1969-12-31 23:59:58.25' d/zero
            touch -h -d '2011-11-11 11:11:11.111111111' dangling; touch -d '2002-01-01 00:00:00.000000001' empty
            n=$(printf 'long%.0s' $(seq 60)); mkdir -p "$n/$n"; echo deep > "$n/$n/$n"; ln -s "$n/$n/$n" longlink
            ln "$n/$n/$n" "$n/hard"
            """;

    @TempDir Path dir;

    @BeforeEach
    void makeTree() throws Exception {
        Shell.run(dir, TREE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gnu", "pax", "posix --pax-option=delete=atime,delete=ctime"})
    void equalsGnuTar(String format) throws Exception {
        Shell.run(
                dir,
                "tar -C src --format=%s --numeric-owner -cf t.tar . && mkdir golden && tar -C golden"
                                .formatted(format)
                        + " --numeric-owner -xpf t.tar");

        Path layer = new Store(dir.resolve("layers")).unpack(tar("t.tar")).getFirst();

        assertThat(TreeListing.of(layer)).isEqualTo(TreeListing.of(dir.resolve("golden")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ustar", "v7"})
    void equalsGnuTarInOldFormats(String format) throws Exception {
        Shell.run(
                dir,
                """
                rm -rf src/long*; touch -d @5 src/d/zero; chown 1:1 src/d/zero src/d/e/random; rm src/disk src/null src/fifo
                tar -C src --format=%s --numeric-owner -cf t.tar d empty 'with space' dangling hardsym
                mkdir golden; tar -C golden --numeric-owner -xpf t.tar
                """
                        .formatted(format));

        Path layer = new Store(dir.resolve("layers")).unpack(tar("t.tar")).getFirst();

        String[] mine = TreeListing.of(layer).split("\n", 2);
        String[] golden = TreeListing.of(dir.resolve("golden")).split("\n", 2);
        assertThat(mine[1]).isEqualTo(golden[1]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--xattrs --xattrs-include=*"})
    void equalsGnuTarWithAttributes(String options) throws Exception {
        Shell.run(
                dir,
                """
                setfattr -n user.note -v 0x00ff0a3d src/d/plain; setfattr -n user.empty src/empty
                setcap cap_net_raw+ep src/d/e/random 2>/dev/null || \
                  setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 src/d/e/random
                setfattr -h -n trusted.x -v y src/dangling; setfattr -n trusted.x -v y src/null
                tar -C src --format=posix %s --numeric-owner -cf t.tar .
                mkdir golden; tar -C golden %s --numeric-owner -xpf t.tar
                """
                        .formatted(options, options));

        Path layer = new Store(dir.resolve("layers")).unpack(tar("t.tar")).getFirst();

        assertThat(TreeListing.of(layer))
                .contains("security.capability", "user.note", "user.empty", "trusted.x")
                .isEqualTo(TreeListing.of(dir.resolve("golden")));
    }

    private byte[] tar(String name) throws Exception {
        return Files.readAllBytes(dir.resolve(name));
    }
}
