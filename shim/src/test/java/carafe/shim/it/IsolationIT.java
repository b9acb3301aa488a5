package carafe.shim.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a process of a container is, sees and may do. */
class IsolationIT {
    /** All that makes a process's rights, in a form that can be compared. */
    private static final String PROBE =
            "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|SigBlk|SigIgn|SigCgt)'"
                    + " /proc/self/status;"
                    + " grep -E 'open files' /proc/self/limits; cat /proc/self/cgroup"
                    + " /proc/self/oom_score_adj; umask;"
                    + " for n in cgroup ipc mnt net pid uts user; do readlink /proc/self/ns/$n;"
                    + " done; readlink /proc/self/root; echo end";

    private static final int MKDIR_ON_X86_64 = 83;
    private static final int MKDIRAT_ON_ARM64 = 34;

    private TestFiles files;
    private ShimBundle bundle;

    @BeforeEach
    void makeBundle() throws IOException {
        files = TestFiles.make();
        bundle = ShimBundle.in(files);
    }

    @AfterEach
    void deleteBundle() throws IOException {
        bundle.close();
        files.close();
    }

    private String outputOf(Config config) throws IOException {
        bundle.withConfig(config.json()).started();
        bundle.awaitExit();
        return LogLines.textOf(bundle.logText());
    }

    private ShimClient.ExecResult exec(Config config, String script) throws IOException {
        return exec(config, script, "/");
    }

    private ShimClient.ExecResult exec(Config config, String script, String cwd)
            throws IOException {
        try (ShimClient client = bundle.connect()) {
            client.send(
                    new Request.Exec(
                            config.processJson().getBytes(UTF_8),
                            new byte[][] {bytes("/bin/sh"), bytes("-c"), bytes(script)},
                            new byte[][] {bytes("PATH=/bin")},
                            bytes(cwd),
                            0,
                            10_000,
                            false,
                            false));
            return client.finish();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"0,false", "0,true", "1000,false", "1000,true"})
    void anExecdProcessHasExactlyInitsIsolation(int uid, boolean noNewPrivileges)
            throws IOException {
        Filter.refusing(9999, bundle.path().resolve("filter"));
        bundle.with("\"seccompFile\":\"filter\"");
        Config config =
                Config.script(PROBE + "; sleep 1000")
                        .user(
                                "{\"uid\":%d,\"gid\":%d,\"additionalGids\":[7],\"umask\":63}"
                                        .formatted(uid, uid));
        if (noNewPrivileges) {
            config.noNewPrivileges();
        }
        bundle.withConfig(config.json()).started();
        Machine.await(
                "init has spoken",
                java.time.Duration.ofSeconds(20),
                () -> textOfLog().endsWith("end\n"));

        String ofInit = textOfLog();
        String ofExec = exec(config, PROBE).out();

        assertThat(ofExec).isEqualTo(ofInit);
        assertThat(ofInit)
                .contains("Seccomp:\t2\n", "SigBlk:\t0000000000000000\n", "\n123\n", "0077\n")
                .contains("SigIgn:\t0000000000000000\n", "CapInh:\t0000000000000000\n")
                .contains("CapAmb:\t0000000000000000\n", "Groups:\t7 \n")
                .containsPattern("Max open files +333 +444 ")
                .contains("NoNewPrivs:\t" + (noNewPrivileges ? 1 : 0) + "\n");
        String none = "0000000000000000\n";
        assertThat(ofInit.contains("CapEff:\t" + none)).isEqualTo(uid != 0);
        assertThat(ofInit.contains("CapPrm:\t" + none)).isEqualTo(uid != 0);
        assertThat(ofInit).contains("CapBnd:\t00000000080021e3\n");
    }

    private String textOfLog() {
        try {
            return Files.exists(bundle.log()) ? LogLines.textOf(bundle.logText()) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyNamespaceAskedForIsItsOwn() throws IOException {
        String out = outputOf(Config.script(PROBE + "; hostname"));
        for (String name : List.of("cgroup", "ipc", "mnt", "net", "pid", "uts")) {
            String host = Files.readSymbolicLink(Path.of("/proc/self/ns/" + name)).toString();
            assertThat(out).contains(name + ":[").doesNotContain(host);
        }
        assertThat(out).endsWith("box\n");
    }

    @Test
    void everyLineOfItsCgroupsEndsAtTheRoot() throws IOException {
        try (TestCgroups cgroups = TestCgroups.make()) {
            bundle.with(cgroups.shimField());
            Config config = Config.script("cat /proc/self/cgroup; sleep 1000");
            bundle.withConfig(config.json()).started();
            Machine.await(
                    "init has spoken",
                    java.time.Duration.ofSeconds(20),
                    () -> textOfLog().contains("0::"));
            assertThat(textOfLog().lines()).isNotEmpty().allMatch(line -> line.endsWith(":/"));
            assertThat(exec(config, "cat /proc/self/cgroup").out()).isEqualTo(textOfLog());
            assertThat(exec(config, "mkdir /sys/fs/cgroup/unified/x /sys/fs/cgroup/pids/x").err())
                    .contains("Read-only file system");
            bundle.close();
        }
    }

    @Test
    void onlyTheThreeStandardDescriptorsAreOpen() throws IOException {
        // The glob opens the directory itself as one more.
        String out = outputOf(Config.script("cd /proc/self/fd; echo *"));
        assertThat(out).isEqualTo("0 1 2 3\n");
    }

    @Test
    void beforeItsStartInitHoldsTwoPipesBesideThem() throws IOException {
        int pid = bundle.withConfig(Config.script("true").json()).created();
        try (var fds = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            List<String> targets = fds.map(IsolationIT::target).sorted().toList();
            assertThat(targets).hasSize(5);
            assertThat(targets.get(0)).isEqualTo("/dev/null");
            assertThat(targets.subList(1, 5)).allMatch(t -> t.startsWith("pipe:"));
        }
        assertThat(target(Path.of("/proc/" + pid + "/root"))).isEqualTo("/");
        assertThat(Files.exists(Path.of("/proc/" + pid + "/root/bin/busybox"))).isTrue();
        assertThat(Files.readString(Path.of("/proc/" + pid + "/mountinfo")))
                .doesNotContain(files.rootfs().toString(), bundle.path().toString());
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aWorkingDirectoryThroughADescriptorIsRefused() throws IOException {
        for (int fd = 3; fd <= 64; fd++) {
            bundle.withConfig(Config.script("true").cwd("/proc/self/fd/" + fd).json());
            assertThat(bundle.create().toString()).contains("process.cwd");
        }
        Config config = Config.script("sleep 1000");
        bundle.withConfig(config.json()).started();
        for (int fd = 3; fd <= 64; fd++) {
            assertThat(exec(config, "true", "/proc/self/fd/" + fd).last().toString())
                    .contains("process.cwd");
        }
    }

    @Test
    void whatTheStarterLeftOpenIsClosed() throws IOException {
        String open = "for i in $(seq 3 53); do eval \"exec $i</etc/passwd\"; done; exec \"$@\"";
        bundle.withConfig(Config.script("cd /proc/self/fd; echo *").json()).write();
        Message created = ShimBundle.resultOf(bundle.launch("/bin/bash", "-c", open, "starter"));
        assertThat(created).isInstanceOf(Reply.Created.class);
        try (var fds = Files.list(Path.of("/proc/" + ((Reply.Created) created).pid() + "/fd"))) {
            assertThat(fds).hasSize(5);
        }
        assertThat(bundle.ask(new Request.Start())).isEqualTo(new Reply.Done());
        bundle.awaitExit();
        assertThat(LogLines.textOf(bundle.logText())).isEqualTo("0 1 2 3\n");
    }

    @Test
    void theFilterIsInForce() throws IOException {
        boolean arm64 = System.getProperty("os.arch").equals("aarch64");
        Filter.refusing(
                arm64 ? MKDIRAT_ON_ARM64 : MKDIR_ON_X86_64, bundle.path().resolve("filter"));
        bundle.with("\"seccompFile\":\"filter\"");
        assertThat(outputOf(Config.script("mkdir /x 2>&1"))).contains("Operation not permitted");
    }

    @Test
    void aDamagedFilterFailsTheStart() throws IOException {
        Files.write(bundle.path().resolve("filter"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        bundle.with("\"seccompFile\":\"filter\"");
        bundle.withConfig(Config.script("true").json()).created();
        assertThat(bundle.ask(new Request.Start()).toString()).contains("seccomp");
    }

    @Test
    void maskedPathsAreUnreadableAndOthersReadOnly() throws IOException {
        String out =
                outputOf(
                        Config.script(
                                "cat /proc/keys /proc/timer_list | wc -c; ls /sys/firmware;"
                                        + " echo 1 > /proc/sys/kernel/panic; mkdir /sys/x"));
        assertThat(out)
                .startsWith("0\n")
                .contains("/proc/sys/kernel/panic: Read-only", "'/sys/x': Read-only");
    }

    @Test
    void aReadOnlyRootIsOne() throws IOException {
        assertThat(outputOf(Config.script("touch /x; touch /dev/y && echo dev").readonly()))
                .contains("touch: /x: Read-only file system", "dev\n");
    }

    @Test
    void theProcessesSeenAreTheContainersOwn() throws IOException {
        assertThat(outputOf(Config.script("cd /proc; echo [0-9]*; echo $$"))).isEqualTo("1\n1\n");
    }

    @Test
    void aTerminalIsTheContainersOwn() throws IOException {
        String out =
                outputOf(
                        Config.script("tty; stat -c %t:%T /dev/console $(tty); ls /dev/pts")
                                .terminal());
        assertThat(out).isEqualTo("/dev/pts/0\n88:0\n88:0\n0     ptmx\n");
    }

    @Test
    void aUserMayOpenItsOutputByName() throws IOException {
        Config config =
                Config.script("id -u; echo again > /dev/stdout").user("{\"uid\":7,\"gid\":8}");
        assertThat(outputOf(config)).isEqualTo("7\nagain\n");
    }

    @Test
    void theHighestIdIsKeptExactly() throws IOException {
        Config config = Config.script("id").user("{\"uid\":4294967294,\"gid\":2147483648}");
        assertThat(outputOf(config)).startsWith("uid=4294967294 gid=2147483648");
    }
}
