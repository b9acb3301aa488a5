package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs that config.json has run at six moments of a container's life. */
class HookIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private TestFiles files;
    private ShimBundle bundle;
    private Path story;

    @BeforeEach
    void make() throws IOException {
        files = TestFiles.make();
        bundle = ShimBundle.in(files);
        story = bundle.path().resolve("story");
    }

    @AfterEach
    void end() throws IOException {
        bundle.close();
        files.close();
    }

    /** A script of the machine that the hook is. */
    private String script(String name, String text) throws IOException {
        Path file = bundle.path().resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    private static String hook(String moment, String path, String more) {
        return "\"%s\":[{\"path\":\"%s\",\"args\":[\"hook\",\"%s\"],\"env\":[\"PATH=/bin:/usr/bin\",\"E=f\"]%s}]"
                .formatted(moment, path, moment, more);
    }

    private void with(String... hooks) {
        with(Config.running("/bin/sleep", "100000"), hooks);
    }

    private void with(Config config, String... hooks) {
        String json = config.json().strip();
        bundle.withConfig(
                json.substring(0, json.length() - 1)
                        + ",\"annotations\":{\"a\":\"b\"},\"hooks\":{"
                        + String.join(",", hooks)
                        + "}}");
    }

    private Reply.Failed refused() throws IOException {
        Message result = bundle.create();
        assertThat(result).isInstanceOf(Reply.Failed.class);
        Machine.await("nothing is left", PATIENCE, () -> !Files.exists(bundle.path().resolve("s")));
        return (Reply.Failed) result;
    }

    private List<String> story() throws IOException {
        return Files.exists(story) ? Files.readAllLines(story) : List.of();
    }

    @Test
    void eachIsRunAtItsMomentWithTheState() throws IOException {
        String tell =
                script(
                        "tell",
                        "state=$(cat); echo \"$1 $E $(echo \"$state\" | grep -o '\"status\":\"[a-z]*\"')"
                                + " $(readlink /proc/self/ns/net) $(ls rootfs | head -1)\" >> "
                                + story
                                + "; echo \"$state\" > "
                                + bundle.path()
                                + "/state.$1");
        with(
                hook("poststop", tell, ""),
                hook("poststart", tell, ""),
                hook("createContainer", tell, ""),
                hook("createRuntime", tell, ""),
                hook("prestart", tell, ""));
        String machine = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();

        int init = bundle.created();
        String container = Files.readSymbolicLink(Path.of("/proc/" + init + "/ns/net")).toString();
        assertThat(story())
                .containsExactly(
                        "prestart f \"status\":\"creating\" " + machine + " ",
                        "createRuntime f \"status\":\"creating\" " + machine + " ",
                        "createContainer f \"status\":\"creating\" " + container + " bin");
        assertThat(bundle.ask(new Request.Start())).isEqualTo(new Reply.Done());
        assertThat(story()).hasSize(4);
        assertThat(story().get(3)).startsWith("poststart f \"status\":\"running\" " + machine);
        assertThat(Files.readString(bundle.path().resolve("state.poststart")))
                .contains("\"pid\":" + init, "\"id\":\"it\"", "\"a\":\"b\"")
                .contains("\"bundle\":\"" + bundle.path() + "\"");

        bundle.ask(new Request.Kill(9, Request.Target.ALL));
        bundle.awaitExit();
        assertThat(story()).hasSize(5);
        assertThat(story().get(4)).startsWith("poststop f \"status\":\"stopped\" " + machine);
    }

    @Test
    void whatAHookChangesInTheRootIsThere() throws IOException {
        String change = script("change", "echo made > rootfs/tmp/by-hook");
        with(Config.script("cat /tmp/by-hook"), hook("createContainer", change, ""));
        bundle.started();
        bundle.awaitExit();
        assertThat(LogLines.textOf(bundle.logText())).isEqualTo("made\n");
    }

    @Test
    void aFailureFailsTheCreateByNameAndItsWords() throws IOException {
        String fail = script("fail", "echo no such card >&2; exit 3");
        String after = script("after", "echo after >> " + story);
        with(hook("createRuntime", fail, ""), hook("poststop", after, ""));

        Reply.Failed failed = refused();

        assertThat(failed.step()).isEqualTo("hooks.createRuntime");
        assertThat(failed.text()).contains(fail, "ended with code 3: no such card");
        assertThat(story()).as("what it had begun is cleared away").containsExactly("after");
    }

    @Test
    void aHookThatHangsIsKilledWithWhatItHasBegun() throws IOException {
        String hang = script("hang", "sleep 4711 & echo $! > " + story + "; sleep 4711");
        with(hook("createContainer", hang, ",\"timeout\":1"));

        assertThat(refused().text()).contains("has not ended within 1000 ms");
        long child = Long.parseLong(story().getFirst());
        Machine.await("its child has ended", PATIENCE, () -> !Machine.isAlive(child));
    }

    @Test
    void whatItSaysIsCapped() throws IOException {
        String talk = script("talk", "yes | head -c 3000000; exit 1");
        with(hook("prestart", talk, ""));
        Reply.Failed failed = refused();
        assertThat(failed.text()).contains("ended with code 1: y y").hasSizeLessThan(1000);
    }

    @Test
    void oneThatIsNotThereIsNamed() throws IOException {
        with(hook("prestart", "/no/such/hook", ""));
        assertThat(refused().text()).contains("/no/such/hook", "cannot be executed");
    }

    @Test
    void startHooksAreTheContainersOwn() throws IOException {
        Path tool = files.rootfs().resolve("bin/start-hook");
        Files.writeString(
                tool,
                "#!/bin/sh\ncat > /tmp/state; id -u > /tmp/user;"
                        + " grep CapEff /proc/self/status > /tmp/caps; echo $E > /tmp/env\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(
                files.rootfs().resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
        with(
                Config.script(
                                "cat /tmp/user /tmp/env; test \"$(grep CapEff /proc/self/status)\" ="
                                        + " \"$(cat /tmp/caps)\" && echo same;"
                                        + " grep -o created /tmp/state;"
                                        + " grep -o '\"pid\":1,' /tmp/state")
                        .user("{\"uid\":1000,\"gid\":1000}"),
                hook("startContainer", "/bin/start-hook", ""));
        bundle.started();
        bundle.awaitExit();
        assertThat(LogLines.textOf(bundle.logText()).lines())
                .contains("1000", "f", "same", "created", "\"pid\":1,");
    }

    @Test
    void aFailedStartHookFailsTheStart() throws IOException {
        Path tool = files.rootfs().resolve("bin/start-hook");
        Files.writeString(tool, "#!/bin/sh\necho refused; exit 9\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        with(hook("startContainer", "/bin/start-hook", ""));
        bundle.created();
        assertThat(bundle.ask(new Request.Start()))
                .isInstanceOfSatisfying(
                        Reply.Failed.class,
                        failed -> {
                            assertThat(failed.step()).isEqualTo("hooks.startContainer");
                            assertThat(failed.text()).contains("ended with code 9: refused");
                        });
        assertThat(bundle.awaitExit().code()).isEqualTo(128);
    }

    @Test
    void aFailedPoststartHookEndsTheContainer() throws IOException {
        with(hook("poststart", script("late", "exit 5"), ""));
        int init = bundle.created();
        assertThat(bundle.ask(new Request.Start()))
                .isInstanceOfSatisfying(
                        Reply.Failed.class,
                        failed -> assertThat(failed.step()).isEqualTo("hooks.poststart"));
        assertThat(bundle.awaitExit().code()).isEqualTo(128);
        assertThat(Machine.isAlive(init)).isFalse();
    }

    @Test
    void aContainerThatEndsBeforeItsPoststartHooksHasBeenStarted() throws IOException {
        String slow = script("slow", "sleep 0.3; echo done >> " + story);
        with(Config.script("exit 7"), hook("poststart", slow, ""));
        bundle.created();
        assertThat(bundle.ask(new Request.Start())).isEqualTo(new Reply.Done());
        assertThat(bundle.awaitExit().code()).isEqualTo(7);
        assertThat(story()).containsExactly("done");
    }
}
