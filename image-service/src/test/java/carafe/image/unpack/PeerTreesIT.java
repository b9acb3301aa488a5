package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.testkit.image.DebianLayer;
import carafe.testkit.image.OciLayout;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An image of Debian packages, with a layer on top that uses everything which layers can: stacked
 * by overlayfs it is what umoci unpacks into one directory, with owners, modes, times and
 * attributes.
 */
class PeerTreesIT {
    private static final List<String> PACKAGES =
            List.of("base-files", "busybox-static", "tzdata", "perl-base", "libc-bin");

    @TempDir Path dir;

    private static byte[] top() {
        return new TarBuilder()
                .dir("./")
                .file("etc/.wh.debian_version", "")
                .dir("usr/share/zoneinfo/")
                .file("usr/share/zoneinfo/.wh..wh..opq", "")
                .file("usr/share/zoneinfo/UTC", "now")
                .file("usr/share/.wh.doc", "")
                // umoci gives a directory that no entry describes the time of its unpacking.
                .dir("srv/")
                .dir("usr/share/")
                .dir("usr/share/doc/")
                .file("usr/share/doc/again", "only this")
                .pax("SCHILY.xattr.user.note", "n\u00ff", "mtime", "1700000000.123456789")
                .file("usr/share/noted", "x")
                .pax(
                        "SCHILY.xattr.security.capability",
                        "\u0001\u0000\u0000\u0002\u0000 \u0000\u0000\u0000\u0000\u0000\u0000"
                                + "\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000")
                .file("usr/bin/capped", "not really a program")
                .add(
                        new TarBuilder.Header('5', TarBuilder.bytes("srv/own/"))
                                .mode(02775)
                                .owner(4294967294L, 1234567)
                                .time(1),
                        new byte[0])
                .fifo("srv/own/fifo")
                .device('3', "srv/own/null", 1, 3)
                .device('4', "srv/own/disk", 259, 65537)
                .symlink("srv/own/link", "../nowhere")
                .hardlink("srv/own/hard", "usr/share/noted")
                .file("srv/own/\u00e4 \\\u0001\u00ff", "odd name")
                .file("etc/opt", "a file where a directory was")
                .build();
    }

    /** umoci leaves the root as old as its unpacking; the view's root is the test's own. */
    private static String withoutRoot(String listing) {
        return listing.substring(listing.indexOf('\n') + 1);
    }

    @Test
    void equalsWhatUmociUnpacks() throws Exception {
        List<byte[]> tars = new ArrayList<>();
        for (String name : PACKAGES) {
            tars.add(DebianLayer.tarOf(name));
        }
        tars.add(top());
        new OciLayout()
                .add(
                        TestImage.oci(
                                "{}", tars.stream().map(TestLayer::gzip).toArray(TestLayer[]::new)),
                        ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"v1\"}")
                .writeTo(Files.createDirectory(dir.resolve("layout")));
        Shell.run(dir, "umoci --log=error unpack --image layout:v1 bundle");

        List<Path> lower =
                new Store(dir.resolve("layers")).unpack(tars.toArray(byte[][]::new)).reversed();

        try (OverlayView view = new OverlayView(lower, dir.resolve("o"))) {
            String mine = TreeListing.of(view.path());
            assertThat(mine).contains("security.capability", "user.note", "srv/own/hard");
            assertThat(Stream.of(mine.split("\n", -1)).count()).isGreaterThan(500);
            String umoci = TreeListing.of(dir.resolve("bundle/rootfs"));
            assertThat(withoutRoot(mine)).isEqualTo(withoutRoot(umoci));
        }
    }
}
