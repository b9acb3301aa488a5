package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.shim.sys.RealKernel;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A volume in which names change hands while the shim works: a directory becomes a link out of the
 * container and back. Each of the shim's calls that name or mount something is held for a moment,
 * so that every step sees a world other than that of the step before.
 */
class SwapIT {
    private static final int ROUNDS = 4;
    private static final String HELD =
            "inject=openat2,mkdirat,mknodat,newfstatat,move_mount,open_tree:delay_enter=4000";

    private TestFiles files;
    private Path canary;
    private Path volume;

    @BeforeEach
    void makeVolume() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "needs strace");
        files = TestFiles.make();
        canary = files.newDirectory();
        Files.createDirectories(canary.resolve("deep/er"));
        Files.writeString(canary.resolve("deep/file"), "canary\n");
        volume = files.newDirectory();
    }

    @AfterEach
    void canaryIsIntact() throws IOException {
        try (Stream<Path> tree = Files.walk(canary)) {
            assertThat(tree.map(each -> canary.relativize(each).toString()))
                    .containsExactlyInAnyOrder("", "deep", "deep/er", "deep/file");
        }
        assertThat(Files.readString(canary.resolve("deep/file"))).isEqualTo("canary\n");
        files.close();
    }

    @Test
    void aMountsTargetThatBecomesALink() throws IOException {
        Path link = Files.createSymbolicLink(volume.resolve("b"), canary);
        Path real = Files.createDirectories(volume.resolve("a"));
        Path source = Files.createDirectory(files.newDirectory().resolve("source"));
        Path file = Files.writeString(source.resolveSibling("f"), "mine\n");
        Config config =
                Config.script("cat /vol/a/deep/file /vol/b/deep/file /vol/a/deep/new; true")
                        .mount("/vol", volume.toString(), "bind")
                        .mount("/vol/a/deep/er", source.toString(), "bind")
                        .mount("/vol/a/deep/new", file.toString(), "bind")
                        .mount("/vol/a/made/of/many", source.toString(), "bind");
        swapWhile(real, link, () -> createAndLook(config));
    }

    @Test
    void aMountsTargetThatBecomesARelativeLink() throws IOException {
        Path link =
                Files.createSymbolicLink(
                        volume.resolve("b"), Path.of("../../../../../../../.." + canary));
        Path real = Files.createDirectories(volume.resolve("a"));
        Config config =
                Config.script("cat /vol/a/deep/file /vol/b/deep/file; true")
                        .mount("/vol", volume.toString(), "bind")
                        .mount("/vol/a/deep/er", volume.toString(), "bind")
                        .cwd("/vol/a/deep/er/work");
        swapWhile(real, link, () -> createAndLook(config));
    }

    /**
     * The null device that masks and the files of procfs: the container's own names play no part.
     */
    @Test
    void maskedPathsWhileTheImagesNamesChange() throws IOException {
        Path upper = files.newDirectory();
        Path link = Files.createSymbolicLink(upper.resolve("null"), canary.resolve("deep/file"));
        Path other = Files.writeString(upper.resolve("other"), "x");
        Config config =
                Config.script("stat -c %t:%T /proc/keys /proc/timer_list; cat /img/null")
                        .mount("/img", upper.toString(), "bind");
        swapWhile(
                link,
                other,
                () -> {
                    String said = run(config);
                    assertThat(said).startsWith("1:3\n1:3\n").doesNotContain("canary");
                });
    }

    private interface Round {
        void run() throws IOException;
    }

    private static void swapWhile(Path a, Path b, Round round) throws IOException {
        AtomicBoolean over = new AtomicBoolean();
        Thread swapper =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!over.get()) {
                                RealKernel.exchange(a, b);
                                Machine.pause(java.time.Duration.ofMillis(1));
                            }
                        });
        try {
            for (int i = 0; i < ROUNDS; i++) {
                round.run();
            }
        } finally {
            over.set(true);
            join(swapper);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void createAndLook(Config config) throws IOException {
        List<String> before = mountPoints();
        assertThat(run(config)).doesNotContain("canary");
        assertThat(mountPoints()).isEqualTo(before);
    }

    /** What the container printed; nothing when it was refused, which is as good. */
    private String run(Config config) throws IOException {
        try (ShimBundle bundle = ShimBundle.in(files)) {
            bundle.withConfig(config.json()).write();
            Process strace = bundle.launch("/usr/bin/strace", "-f", "-o", "/dev/null", "-e", HELD);
            Message result = ShimBundle.resultOf(strace);
            if (result instanceof Reply.Failed failed) {
                assertThat(failed.step()).matches("mounts\\..*|process\\.cwd");
                return "";
            }
            assertThat(result).isInstanceOf(Reply.Created.class);
            assertThat(bundle.ask(new Request.Start())).isEqualTo(new Reply.Done());
            bundle.awaitExit();
            return LogLines.textOf(bundle.logText());
        }
    }

    /** Those of the machine below the test's directories; none is expected. */
    private List<String> mountPoints() throws IOException {
        String top = canary.resolveSibling("x").toString().replaceFirst("/x$", "");
        return new TreeSet<>(Files.readAllLines(Path.of("/proc/self/mountinfo")))
                .stream().filter(line -> line.contains(top)).toList();
    }
}
