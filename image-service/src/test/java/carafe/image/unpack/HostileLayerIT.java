package carafe.image.unpack;

import static carafe.image.unpack.TarBuilder.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.snapshot.LayerStore;
import carafe.linux.fs.FileCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Layers that try to reach out of their directory: a canary tree beside the store stays as it is.
 */
class HostileLayerIT {
    @TempDir Path dir;
    private Path canary;

    @BeforeEach
    void makeCanary() throws Exception {
        canary = dir.resolve("canary");
        Shell.run(
                dir,
                """
                mkdir -p canary/sub; echo secret > canary/file; ln -s file canary/link
                chmod 640 canary/file; chown 11:12 canary/file canary/sub
                setfattr -n user.mark -v 1 canary/file
                touch -d @1000000000 canary/file canary/sub; touch -d @1000000000 canary
                """);
    }

    private record Case(String name, List<byte[]> layers) {}

    private static Case hostile(String name, TarBuilder... layers) {
        return new Case(name, Stream.of(layers).map(TarBuilder::build).toList());
    }

    @TestFactory
    Stream<DynamicTest> leavesTheCanaryAlone() {
        List<Case> cases = new ArrayList<>();
        names(cases);
        parents(cases);
        hardlinks(cases);
        whiteouts(cases);
        return cases.stream().map(c -> DynamicTest.dynamicTest(c.name, () -> unpackAndLook(c)));
    }

    private void unpackAndLook(Case hostile) throws Exception {
        String before = TreeListing.of(canary);
        Path store = dir.resolve("layers-" + hostile.name.hashCode());
        Store unpacked = new Store(store);
        Set<Path> outside = children(dir);
        try {
            unpacked.unpack(hostile.layers.toArray(byte[][]::new));
        } catch (CarafeException.Invalid e) {
            assertThat(e).hasMessageContaining("layer");
        }
        assertThat(TreeListing.of(canary)).isEqualTo(before);
        assertThat(children(dir)).isEqualTo(outside);
        unpacked.layers.collect(Set.of());
        assertThat(store).isEmptyDirectory();
    }

    private static Set<Path> children(Path dir) throws Exception {
        try (Stream<Path> found = Files.list(dir)) {
            return Set.copyOf(found.toList());
        }
    }

    /** L01: dots, absolute names and the root entry itself. */
    private void names(List<Case> cases) {
        String up = "../".repeat(12);
        List<String> names =
                List.of(
                        "../canary/file",
                        "../../../canary/file",
                        "./../canary/file",
                        "a/../../canary/file",
                        "a/b/../../../../../canary/file",
                        canary + "/file",
                        "/" + canary + "/file",
                        up + canary.toString().substring(1) + "/file",
                        up + canary.toString().substring(1) + "/sub",
                        "..",
                        "../",
                        "/..",
                        "a/..",
                        ".",
                        "./",
                        "/",
                        "//",
                        "");
        for (String name : names) {
            cases.add(hostile("file " + name, new TarBuilder().dir("a/").file(name, "evil")));
            cases.add(hostile("dir " + name, new TarBuilder().dir("a/").dir(name)));
            cases.add(hostile("link " + name, new TarBuilder().symlink(name, canary.toString())));
            cases.add(
                    hostile(
                            "link and below " + name,
                            new TarBuilder()
                                    .symlink(name, canary.toString())
                                    .file(name + "/file", "evil")));
        }
    }

    /** L01, L02, L03: parents that are links, or become links. */
    private void parents(List<Case> cases) {
        String up = "../".repeat(12) + canary.toString().substring(1);
        for (String to : List.of(canary.toString(), up, "../canary", "../../canary")) {
            TarBuilder link = new TarBuilder().symlink("l", to);
            cases.add(hostile("file below " + to, link.file("l/file", "evil")));
            cases.add(hostile("dir below " + to, new TarBuilder().symlink("l", to).dir("l/sub/")));
            cases.add(hostile("dir over " + to, new TarBuilder().symlink("l", to).dir("l/")));
            cases.add(hostile("file over " + to, new TarBuilder().symlink("l", to).file("l", "x")));
            cases.add(
                    hostile(
                            "link chain " + to,
                            new TarBuilder()
                                    .symlink("b", to)
                                    .symlink("a", "b")
                                    .file("a/file", "evil")
                                    .device('3', "a/dev", 1, 3)
                                    .fifo("a/sub/fifo")));
            cases.add(
                    hostile(
                            "link in the lower layer " + to,
                            new TarBuilder().symlink("l", to),
                            new TarBuilder().file("l/file", "evil").file("l/sub/f", "evil")));
            cases.add(
                    hostile(
                            "directory becomes a link " + to,
                            new TarBuilder()
                                    .dir("d/")
                                    .file("d/file", "good")
                                    .symlink("d", to)
                                    .file("d/file", "evil")
                                    .dir("d/sub/")));
            cases.add(
                    hostile(
                            "parent of a parent becomes a link " + to,
                            new TarBuilder()
                                    .file("d/sub/file", "good")
                                    .symlink("d", to)
                                    .file("d/sub/file", "evil")));
            cases.add(
                    hostile(
                            "whiteout opaque through a link " + to,
                            new TarBuilder()
                                    .symlink("d", to)
                                    .file("d/.wh.file", "")
                                    .file("d/.wh..wh..opq", "")
                                    .file("d/sub/.wh..wh..opq", "")));
            cases.add(
                    hostile(
                            "metadata through a link " + to,
                            new TarBuilder()
                                    .symlink("l", to + "/file")
                                    .hardlink("l2", "l")
                                    .pax("SCHILY.xattr.user.evil", "1", "mtime", "5.5")
                                    .add(
                                            new TarBuilder.Header('2', bytes("l2"))
                                                    .mode(04777)
                                                    .owner(5, 5)
                                                    .link(bytes(to + "/file")),
                                            new byte[0])));
        }
        cases.add(
                hostile(
                        "link loop",
                        new TarBuilder().symlink("a", "b").symlink("b", "a").file("a/f", "x")));
        cases.add(
                hostile(
                        "magic link",
                        new TarBuilder().symlink("l", "/proc/self/root" + canary).dir("l/sub/")));
    }

    /** L04: hard links to something outside. */
    private void hardlinks(List<Case> cases) {
        String up = "../".repeat(12) + canary.toString().substring(1);
        for (String target :
                List.of(
                        canary + "/file",
                        up + "/file",
                        "../canary/file",
                        "canary/file",
                        "l/file",
                        "/etc/passwd",
                        "/dev/null",
                        "..",
                        ".",
                        "",
                        "h",
                        "d",
                        "d/..",
                        "l")) {
            cases.add(
                    hostile(
                            "hardlink to " + target,
                            new TarBuilder()
                                    .dir("d/")
                                    .symlink("l", canary.toString())
                                    .hardlink("h", target)
                                    .file("h", "evil")));
            cases.add(
                    hostile(
                            "hardlink across layers to " + target,
                            new TarBuilder().dir("d/").symlink("l", canary.toString()),
                            new TarBuilder().hardlink("h", target).file("h", "evil")));
        }
    }

    /** L05: whiteouts that name something else than one component. */
    private void whiteouts(List<Case> cases) {
        for (String name :
                List.of(
                        ".wh.",
                        ".wh..",
                        ".wh...",
                        "d/.wh...",
                        ".wh../canary/file",
                        "l/.wh.file",
                        "l/.wh..wh..opq",
                        ".wh.l/file",
                        "../canary/.wh.file",
                        canary + "/.wh.file",
                        ".wh..wh..opq/file",
                        ".wh..wh.plnk/1.2",
                        "d/.wh.d/.wh.file")) {
            cases.add(
                    hostile(
                            "whiteout " + name,
                            new TarBuilder().symlink("l", canary.toString()).dir("d/"),
                            new TarBuilder().symlink("l", canary.toString()).file(name, "")));
        }
    }

    @Test
    void placesUpwardNamesInsideTheRoot() throws Exception {
        Path layer =
                new Store(dir.resolve("layers"))
                        .unpack(
                                new TarBuilder()
                                        .file("../../up", "1")
                                        .file("/abs", "2")
                                        .symlink("l", "/")
                                        .file("l/through", "3")
                                        .build())
                        .getFirst();

        assertThat(layer.resolve("up")).hasContent("1");
        assertThat(layer.resolve("abs")).hasContent("2");
        assertThat(layer.resolve("through")).hasContent("3");
    }

    /** L06: what overlayfs would read as its own marks does not come from a layer. */
    @Test
    void dropsForgedOverlayAttributes() throws Exception {
        byte[] tar =
                new TarBuilder()
                        .pax(
                                "SCHILY.xattr.trusted.overlay.opaque",
                                "y",
                                "SCHILY.xattr.trusted.overlay.redirect",
                                "/etc",
                                "SCHILY.xattr.user.overlay.opaque",
                                "y",
                                "SCHILY.xattr.trusted.carafe.implied",
                                "1",
                                "SCHILY.xattr.user.kept",
                                "1")
                        .dir("d/")
                        .pax("SCHILY.xattr.trusted.overlay.metacopy", "", "mtime", "7")
                        .file("f", "x")
                        .build();

        Path layer = new Store(dir.resolve("layers")).unpack(tar).getFirst();

        assertThat(TreeListing.of(layer)).contains("user.kept").doesNotContain("overlay", "carafe");
    }

    @Test
    void refusesForgedWhiteouts() {
        Store store = new Store(dir.resolve("layers"));
        byte[] forged = new TarBuilder().device('3', "victim", 0, 0).build();

        assertThatThrownBy(() -> store.unpack(forged))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("victim");
    }

    @Test
    void doesNotHardlinkWhiteouts() throws Exception {
        byte[] base = new TarBuilder().file("gone", "x").file("victim", "y").build();
        byte[] top = new TarBuilder().file(".wh.gone", "").hardlink("victim", "gone").build();

        Path layer = new Store(dir.resolve("layers")).unpack(base, top).getLast();

        assertThat(layer.resolve("victim")).hasContent("x");
    }

    /** L10: device numbers that the kernel would cut off. */
    @Test
    void refusesDeviceNumbersOutOfRange() {
        for (long[] device : new long[][] {{1L << 31, 0}, {4096, 0}, {1, 1 << 20}, {-1, 0}}) {
            Store store = new Store(dir.resolve("layers"));
            byte[] tar =
                    new TarBuilder()
                            .add(
                                    new TarBuilder.Header('4', bytes("dev"))
                                            .base256(329, 8, device[0])
                                            .base256(337, 8, device[1]),
                                    new byte[0])
                            .build();

            assertThatThrownBy(() -> store.unpack(tar))
                    .isInstanceOf(CarafeException.Invalid.class)
                    .hasMessageContaining("dev");
        }
    }

    /** L11: the store is not readable by host users. */
    @Test
    void keepsTheStorePrivate() throws Exception {
        Path store = dir.resolve("layers");
        LayerStore.open(store, FileCalls.linux());

        assertThat(Files.getAttribute(store, "unix:mode")).isEqualTo(040700);
    }
}
