package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The container's root and what is mounted in it. */
class MountIT {
    private TestFiles files;
    private ShimBundle bundle;
    private Path canary;

    @BeforeEach
    void makeBundle() throws IOException {
        files = TestFiles.make();
        bundle = ShimBundle.in(files);
        canary = files.newDirectory();
        Files.writeString(canary.resolve("file"), "canary\n");
    }

    @AfterEach
    void deleteBundle() throws IOException {
        bundle.close();
        try (var left = Files.list(canary)) {
            assertThat(left).containsExactly(canary.resolve("file"));
        }
        files.close();
    }

    private String outputOf(Config config) throws IOException {
        bundle.withConfig(config.json()).started();
        bundle.awaitExit();
        return LogLines.textOf(bundle.logText());
    }

    private Reply.Failed failureOf(Config config) throws IOException {
        Message result = bundle.withConfig(config.json()).create();
        assertThat(result).isInstanceOf(Reply.Failed.class);
        return (Reply.Failed) result;
    }

    /** A name in the upper layer, which is the container's root. */
    private Path upper(String name) {
        return bundle.path().resolve("upper").resolve(name);
    }

    @ParameterizedTest
    @CsvSource({"proc", "sys", "dev"})
    void aLinkInPlaceOfASystemDirectoryIsRefused(String name) throws IOException {
        Files.createSymbolicLink(upper(name), canary);
        Reply.Failed failed = failureOf(Config.script("true"));
        assertThat(failed.step()).isEqualTo("mounts.target");
        assertThat(failed.text()).isEqualTo("/" + name + " of the image is not a directory");
    }

    @ParameterizedTest
    @CsvSource({"/proc/self/attr", "/proc/sys/kernel", "/proc/1", "/proc/x/../sys", "/proc"})
    void nothingIsMountedOverProc(String destination) throws IOException {
        Reply.Failed failed =
                failureOf(Config.script("true").mount(destination, canary.toString(), "bind"));
        assertThat(failed.step()).isEqualTo("mounts.target");
        assertThat(failed.path()).startsWith("/proc");
    }

    @Test
    void aMissingSourceIsNamed() throws IOException {
        Reply.Failed failed = failureOf(Config.script("true").mount("/x", "/none/such", "bind"));
        assertThat(failed.step()).isEqualTo("mounts.source");
        assertThat(failed.path()).isEqualTo("/none/such");
        assertThat(failed.errno()).isEqualTo(2);
    }

    @Test
    void targetsThatAreMissingAreMadeOfTheRightKind() throws IOException {
        String file = canary.resolve("file").toString();
        String out =
                outputOf(
                        Config.script("cat /a/b/f /c/d/file")
                                .mount("/a/b/f", file, "bind", "ro")
                                .mount("/c/d", canary.toString(), "rbind", "ro"));
        assertThat(out).isEqualTo("canary\ncanary\n");
        assertThat(upper("a/b/f")).isRegularFile();
        assertThat(upper("c/d")).isDirectory();
    }

    @Test
    void readOnlyHoldsForTheMountAndRecursiveReadOnlyForAllBelow() throws IOException {
        Path below = canary.resolveSibling("tree");
        Files.createDirectories(below.resolve("sub"));
        MachineMounts.tmpfs(below.resolve("sub"));
        try {
            // One stream, because what two of them say has no order in the log.
            String script = "exec 2>&1; touch /t/x; touch /t/sub/x && echo written; rm -f /t/sub/x";
            assertThat(outputOf(Config.script(script).mount("/t", below.toString(), "rbind", "ro")))
                    .isEqualTo("touch: /t/x: Read-only file system\nwritten\n");
            bundle.close();
            bundle = ShimBundle.in(files);
            assertThat(
                            outputOf(
                                    Config.script(script)
                                            .mount("/t", below.toString(), "rbind", "rro")))
                    .contains("/t/x: Read-only", "/t/sub/x: Read-only");
        } finally {
            MachineMounts.unmount(below.resolve("sub"));
        }
    }

    @ParameterizedTest
    @CsvSource({"rprivate,false", "rslave,true", "rshared,true"})
    void mountsMadeLaterOnTheMachineFollowThePropagation(String propagation, boolean seen)
            throws IOException {
        Path shared = Files.createDirectory(canary.resolveSibling("shared"));
        MachineMounts.tmpfs(shared);
        try {
            MachineMounts.makeShared(shared);
            Files.createDirectory(shared.resolve("late"));
            bundle.withConfig(
                            Config.script("sleep 1000")
                                    .mount("/t", shared.toString(), "rbind", propagation)
                                    .json())
                    .started();
            MachineMounts.tmpfs(shared.resolve("late"));
            Files.writeString(shared.resolve("late/x"), "x");
            String out = bundle.run(ExecOptions.plain(), "/bin/ls", "/t/late").out();
            assertThat(out).isEqualTo(seen ? "x\n" : "");
        } finally {
            MachineMounts.unmount(shared.resolve("late"));
            MachineMounts.unmount(shared);
        }
        bundle.close();
    }

    @Test
    void linksOfTheImageStayInTheImage() throws IOException {
        Files.createSymbolicLink(upper("abs"), canary);
        Files.createSymbolicLink(upper("up"), Path.of("../../../../../../.." + canary));
        String file = canary.resolve("file").toString();
        String out =
                outputOf(
                        Config.script("cat " + canary + "/one " + canary + "/two/f")
                                .mount("/abs/one", file, "bind")
                                .mount("/up/two/f", file, "bind"));
        assertThat(out).isEqualTo("canary\ncanary\n");
    }

    @Test
    void aWorkingDirectoryIsMadeInTheRootOnly() throws IOException {
        Files.createSymbolicLink(upper("link"), canary);
        assertThat(outputOf(Config.script("pwd -P").cwd("/link/new/dir")))
                .isEqualTo(canary + "/new/dir\n");
    }

    @Test
    void aWorkingDirectoryThatIsThereKeepsItsOwner() throws IOException {
        Files.createDirectory(
                upper("work"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setAttribute(upper("work"), "unix:uid", 3333);
        assertThat(outputOf(Config.script("stat -c %u:%a .").cwd("/work"))).isEqualTo("3333:700\n");
    }

    @Test
    void theMachinesMountsAreNotAmongTheContainers() throws IOException {
        String out = outputOf(Config.script("cut -d' ' -f5 /proc/self/mountinfo"));
        assertThat(out.lines())
                .contains("/", "/proc", "/dev", "/sys")
                .allMatch(line -> line.equals("/") || line.matches("/(proc|dev|sys)(/.*)?"));
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(bundle.path().toString());
    }

    @Test
    void devicesAskedForAreMadeWithTheirModeAndOwner() throws IOException {
        Config config =
                Config.script("stat -c %F:%t:%T:%a:%u:%g /dev/sub/x; echo t > /dev/null && echo ok")
                        .linux(
                                "\"devices\":[{\"path\":\"/dev/sub/x\",\"type\":\"c\",\"major\":1,"
                                        + "\"minor\":5,\"fileMode\":416,\"uid\":3,\"gid\":4}]");
        assertThat(outputOf(config)).isEqualTo("character special file:1:5:640:3:4\nok\n");
    }

    @Test
    void aDeviceDoesNotPassForWhatIsInItsPlace() throws IOException {
        Files.writeString(upper("zero"), "of the image");
        String zero = "\"devices\":[{\"path\":\"/zero\",\"type\":\"c\",\"major\":1,\"minor\":5}]";
        Reply.Failed failed = failureOf(Config.script("true").linux(zero));
        assertThat(failed.step()).isEqualTo("devices.make");
        assertThat(failed.text()).isEqualTo("/zero is there and is not that device");
    }

    @Test
    void aSettingOfTheMachineIsRefused() throws IOException {
        Reply.Failed failed =
                failureOf(
                        Config.script("true").linux("\"sysctl\":{\"kernel.core_pattern\":\"x\"}"));
        assertThat(failed.step()).isEqualTo("sysctl");
        assertThat(failed.path()).isEqualTo("kernel.core_pattern");
    }

    @Test
    void aSettingOfAnOwnNamespaceIsMade() throws IOException {
        Config config =
                Config.script("cat /proc/sys/net/ipv4/ip_unprivileged_port_start")
                        .linux("\"sysctl\":{\"net.ipv4.ip_unprivileged_port_start\":\"80\"}");
        assertThat(outputOf(config)).isEqualTo("80\n");
    }
}
