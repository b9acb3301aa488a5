package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.snapshot.Snapshot;
import carafe.testkit.image.DebianLayer;
import carafe.testkit.image.OciLayout;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.Answer;
import carafe.testkit.registry.RealRegistry;
import carafe.testkit.registry.ScriptedRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real docker-registry, filled by skopeo with an image made from Debian packages. */
class RealRegistryIT {
    private static final String[] PACKAGES = {
        "base-files", "busybox-static", "tzdata", "perl-base", "libc-bin", "ca-certificates"
    };

    private static final String NAME =
            ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"%s\"}";

    @TempDir private static Path shared;
    private static RealRegistry registry;
    private static TestImage image;

    @TempDir private Path root;
    private LocalImages images;

    @BeforeAll
    static void startRegistry() throws Exception {
        assumeThat(RealRegistry.isInstalled()).as("docker-registry is installed").isTrue();
        List<TestLayer> gzip = new ArrayList<>();
        List<TestLayer> zstd = new ArrayList<>();
        for (String name : PACKAGES) {
            byte[] tar = DebianLayer.tarOf(name);
            gzip.add(TestLayer.gzip(tar));
            zstd.add(TestLayer.zstd(tar));
        }
        String config = "{\"Cmd\":[\"/bin/busybox\"]}";
        image = TestImage.oci(config, gzip.toArray(TestLayer[]::new));
        Path layout = Files.createDirectory(shared.resolve("layout"));
        new OciLayout()
                .add(image, NAME.formatted("v1"))
                .add(TestImage.oci(config, zstd.toArray(TestLayer[]::new)), NAME.formatted("zstd"))
                .writeTo(layout);
        registry = RealRegistry.start(shared);
        String from = "oci:" + layout + ":v1";
        registry.copy(from, "debian/oci:v1");
        registry.copy(from, "debian/docker:v1", "--format", "v2s2");
        registry.copy("oci:" + layout + ":v1", "debian/zstd:v1", "--dest-compress-format", "zstd");
        command(
                "skopeo",
                "copy",
                "-q",
                "--insecure-policy",
                from,
                "docker-archive:" + dockerArchive() + ":x:y");
        command("skopeo", "copy", "-q", "--insecure-policy", from, "oci-archive:" + ociArchive());
    }

    @AfterAll
    static void stopRegistry() {
        if (registry != null) {
            registry.close();
        }
    }

    private static Path dockerArchive() {
        return shared.resolve("docker.tar");
    }

    private static Path ociArchive() {
        return shared.resolve("oci.tar");
    }

    private static String command(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @BeforeEach
    void open() {
        images = TestImages.open(root);
    }

    @AfterEach
    void close() {
        images.list().forEach(each -> images.remove(each.id()));
        images.close();
    }

    @Test
    void whatOneMirrorLacksOrBreaksOffComesFromTheNext() throws Exception {
        try (ScriptedRegistry empty = ScriptedRegistry.start();
                ScriptedRegistry breaking = ScriptedRegistry.start()) {
            breaking.push("debian/oci", "v1", image);
            breaking.script("/blobs/", Answer.status(500), Answer.CORRUPT, Answer.status(404));
            Path certs = Files.createDirectories(root.resolve("certs.d/gcr.example"));
            Files.writeString(
                    certs.resolve("hosts.toml"),
                    """
                    server = "http://%s"
                    [host."http://%s"]
                    [host."http://%s"]
                    """
                            .formatted(registry.host(), empty.host(), breaking.host()));

            Image pulled = images.pull(TestImages.request("gcr.example/debian/oci:v1"));

            assertThat(pulled.repoTags()).containsExactly("gcr.example/debian/oci:v1");
            assertThat(empty.received()).isNotEmpty();
            assertThat(breaking.received("/blobs/")).hasSizeGreaterThan(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"debian/oci:v1", "debian/docker:v1", "debian/zstd:v1"})
    void pullsWhatOtherToolsPushed(String name) throws Exception {
        Image pulled = images.pull(TestImages.request(registry.host() + "/" + name));
        assertThat(pulled.chainIds()).hasSize(PACKAGES.length);
        assertThat(pulled.config().cmd()).containsExactly("/bin/busybox");
        expectPackages(pulled);
    }

    @Test
    void oneImageUnderSeveralNamesIsOneImage() {
        Image first = images.pull(TestImages.request(registry.host() + "/debian/oci:v1"));
        Image again =
                images.pull(
                        TestImages.request(
                                first.repoDigests()
                                        .getFirst()
                                        .replace("debian/oci@", "debian/oci@")));
        assertThat(again).isEqualTo(first);
        assertThat(images.list()).hasSize(1);
    }

    @Test
    void importsWhatOtherToolsSaved() throws Exception {
        Image layout = images.importFrom(shared.resolve("layout"), Optional.of("local/app:v1"));
        assertThat(layout.id()).isEqualTo(image.id());
        assertThat(layout.repoTags()).containsExactly("docker.io/local/app:v1");
        expectPackages(layout);
        images.remove(layout.id());
        Image oci = images.importFrom(ociArchive(), Optional.empty());
        assertThat(oci.id()).isEqualTo(image.id());
        assertThat(oci.repoTags()).isEmpty();
        images.remove(oci.id());
        Image docker = images.importFrom(dockerArchive(), Optional.of("docker-archive:1"));
        assertThat(docker.repoTags()).containsExactly("docker.io/library/docker-archive:1");
        expectPackages(docker);
    }

    @Test
    void saysWhatIsNotThere() {
        assertThatThrownBy(
                        () -> images.pull(TestImages.request(registry.host() + "/debian/oci:v9")))
                .isInstanceOf(CarafeException.NotFound.class)
                .hasMessageContaining("MANIFEST_UNKNOWN");
        assertThatThrownBy(() -> images.pull(TestImages.request(registry.host() + "/nothing")))
                .isInstanceOf(CarafeException.NotFound.class);
    }

    /** Each package's files are as they are on this machine. */
    private void expectPackages(Image pulled) throws Exception {
        Snapshot snapshot = images.prepare(pulled.id(), "check");
        List<Path> bottomFirst = snapshot.lowerTopFirst().reversed();
        for (int i = 0; i < PACKAGES.length; i++) {
            Path layer = bottomFirst.get(i);
            List<Path> files;
            try (Stream<Path> all = Files.walk(layer)) {
                files =
                        all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                                .toList();
            }
            assertThat(files).as(PACKAGES[i]).isNotEmpty();
            for (Path file : files) {
                expectSame(file, Path.of("/").resolve(layer.relativize(file)));
            }
        }
        images.release("check");
    }

    private static void expectSame(Path file, Path original) throws Exception {
        // Not nlink: on this machine others may have linked a package's file from elsewhere.
        String wanted = "unix:mode,uid,gid,size,lastModifiedTime";
        Map<String, Object> is = Files.readAttributes(file, wanted, LinkOption.NOFOLLOW_LINKS);
        Map<String, Object> should =
                Files.readAttributes(original, wanted, LinkOption.NOFOLLOW_LINKS);
        assertThat(is).as(file.toString()).isEqualTo(should);
        if (Files.isSymbolicLink(original)) {
            assertThat(Files.readSymbolicLink(file)).isEqualTo(Files.readSymbolicLink(original));
        } else {
            assertThat(Files.mismatch(file, original)).as(file.toString()).isEqualTo(-1);
        }
    }
}
