package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Reply;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods and containers whose root is nobody to the machine. */
class UserNamespaceIT {
    private static final int FIRST = 300_000;
    private static final String MAPS =
            ",\"uidMappings\":[{\"containerID\":0,\"hostID\":300000,\"size\":65536}]"
                    + ",\"gidMappings\":[{\"containerID\":0,\"hostID\":300000,\"size\":65536}]";
    private static final String NAMESPACES = ",\"namespaces\":[\"net\",\"ipc\",\"uts\",\"user\"]";
    private static final String[][] JOINED = {
        {"user", "user"}, {"network", "net"}, {"ipc", "ipc"}, {"uts", "uts"}
    };

    private TestFiles files;
    private PodBundle pod;
    private ShimBundle bundle;

    @BeforeEach
    void makeBundle() throws IOException {
        files = TestFiles.make();
        pod = new PodBundle(files.newDirectory());
        bundle = ShimBundle.in(files).with(MAPS.substring(1));
    }

    @AfterEach
    void deleteBundle() throws IOException {
        bundle.close();
        pod.close();
        files.close();
    }

    private Config joining(long holder, Config config) {
        for (String[] each : JOINED) {
            config.entering(each[0], "/proc/" + holder + "/ns/" + each[1]);
        }
        return config;
    }

    private String outputOf(Config config) throws IOException {
        bundle.withConfig(config.json()).started();
        bundle.awaitExit();
        return LogLines.textOf(bundle.logText());
    }

    private long ready() throws IOException {
        return pod.ready(NAMESPACES + MAPS + ",\"hostname\":\"mapped\"");
    }

    @Test
    void thePodOwnsItsNamespaces() throws IOException {
        long holder = ready();
        assertThat(Files.readString(Path.of("/proc/" + holder + "/uid_map")).strip().split(" +"))
                .containsExactly("0", "300000", "65536");
        assertThat(Files.readString(Path.of("/proc/" + holder + "/status")))
                .contains("Uid:\t300000\t300000\t300000\t300000")
                .contains("CapEff:\t0000000000000000");
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + holder + "/ns/user")))
                .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/user")));
    }

    @Test
    void rootInsideIsNobodyOutside() throws IOException {
        Config config =
                joining(
                        ready(),
                        Config.script(
                                "id -u; id -g; hostname; cat /proc/self/uid_map; ls -nd / /bin /dev"
                                        + " | cut -c1-40; touch /made; rm /bin/yes;"
                                        + " stat -c %u:%g /made /bin/busybox /dev/null /dev/pts"
                                        + "; echo x > /dev/null && echo null;"
                                        + " echo > /dev/stdout && echo out; hostname changed"
                                        + " && hostname"));
        String output = outputOf(config.capabilities("[\"CAP_SYS_ADMIN\",\"CAP_CHOWN\"]"));
        assertThat(output)
                .startsWith("0\n0\nmapped\n")
                .containsPattern("0 +300000 +65536")
                .contains("0:0\n0:0\n0:0\n0:0\nnull\n\nout\nchanged\n");
        Path made = bundle.path().resolve("upper/made");
        assertThat(Files.getAttribute(made, "unix:uid")).isEqualTo(FIRST);
        assertThat(bundle.path().resolve("upper/bin/yes")).exists();
        assertThat(files.rootfs().resolve("bin/yes")).satisfies(Files::isSymbolicLink);
    }

    @Test
    void anExecIsInItToo() throws IOException {
        long holder = ready();
        bundle.withConfig(joining(holder, Config.script("sleep 1000")).json()).started();
        ShimClient.ExecResult result =
                bundle.run(
                        ExecOptions.plain(),
                        "/bin/sh",
                        "-c",
                        "id -u; readlink /proc/self/ns/user; echo out > /dev/stdout");
        Path namespace = Files.readSymbolicLink(Path.of("/proc/" + holder + "/ns/user"));
        assertThat(result.out()).isEqualTo("0\n" + namespace + "\nout\n");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void aTerminalWorksInIt() throws IOException {
        Config config = joining(ready(), Config.script("tty; stat -c %u /dev/pts/0")).terminal();
        bundle.withConfig(config.json()).started();
        bundle.awaitExit();
        assertThat(bundle.logText()).contains("/dev/pts/0").contains("F 0");
    }

    @Test
    void aVolumeIsMappedWhenAskedFor() throws IOException {
        Path volume = files.newDirectory();
        Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(volume.resolve("file"), "mine\n");
        Config config =
                joining(ready(), Config.script("stat -c %u /v/file /w/file; touch /v/new"))
                        .mapped("/v", volume.toString(), MAPS)
                        .mount("/w", volume.toString(), "rbind");
        assertThat(outputOf(config)).isEqualTo("0\n65534\n");
        assertThat(Files.getAttribute(volume.resolve("new"), "unix:uid")).isEqualTo(0);
    }

    @Test
    void aVolumeCanBeMappedWithoutANamespace() throws IOException {
        Path volume = files.newDirectory();
        Files.writeString(volume.resolve("file"), "mine\n");
        try (ShimBundle plain = ShimBundle.in(files)) {
            Config config =
                    Config.script("stat -c %u /v/file").mapped("/v", volume.toString(), MAPS);
            plain.withConfig(config.json()).started();
            plain.awaitExit();
            assertThat(LogLines.textOf(plain.logText())).isEqualTo("300000\n");
        }
    }

    @Test
    void aFileSystemThatCannotBeMappedIsNamed() throws IOException {
        Config config = joining(ready(), Config.script("true")).mapped("/v", "/proc/sys", MAPS);
        assertThat(bundle.withConfig(config.json()).create())
                .isInstanceOfSatisfying(
                        Reply.Failed.class,
                        failed -> assertThat(failed.text()).contains("/proc/sys", "idmapped"));
    }

    @Test
    void devicesKeepTheMachinesOwners() throws IOException {
        Config config =
                joining(ready(), Config.script("stat -c '%u %t:%T' /dev/own; cat /dev/own"))
                        .linux(
                                "\"devices\":[{\"path\":\"/dev/own\",\"type\":\"c\",\"major\":1,"
                                        + "\"minor\":5,\"fileMode\":432}]");
        assertThat(outputOf(config)).startsWith("65534 1:5\n").contains("ermission denied");
    }

    @Test
    void aUserThatIsNotMappedIsRefused() throws IOException {
        Config config = joining(ready(), Config.script("true")).user("{\"uid\":70000,\"gid\":0}");
        assertThat(bundle.withConfig(config.json()).create())
                .isInstanceOfSatisfying(
                        Reply.Failed.class,
                        failed ->
                                assertThat(failed.text())
                                        .isEqualTo(
                                                "user 70000 is none of the pod's user namespace"));
    }

    @Test
    void itsFirstProcessCanBeThePods() throws IOException {
        long holder =
                pod.ready(",\"namespaces\":[\"net\",\"ipc\",\"uts\",\"pid\",\"user\"]" + MAPS);
        Config config =
                joining(
                                holder,
                                Config.script(
                                        "cat /proc/1/comm; ls /proc/1/root 2>&1; ls -l /proc/1/fd"))
                        .entering("pid", "/proc/" + holder + "/ns/pid")
                        .capabilities("[\"CAP_SYS_PTRACE\",\"CAP_DAC_OVERRIDE\"]");
        assertThat(outputOf(config)).startsWith("carafe-shim\n").contains("ermission denied");
    }

    @Test
    void theProbeSaysYes() throws Exception {
        Path directory = files.newDirectory();
        for (String name : new String[] {"low", "lower", "upper", "work"}) {
            Files.createDirectory(directory.resolve(name));
        }
        Process probe =
                new ProcessBuilder(Machine.program().toString(), "probe")
                        .directory(directory.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).isEmpty();
        assertThat(probe.waitFor()).isZero();
    }
}
