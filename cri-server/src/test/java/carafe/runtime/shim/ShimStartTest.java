package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.PidIdentity;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Launching, with shell scripts in the place of the shim. */
class ShimStartTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir private Path directory;
    private ShimFixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = new ShimFixture(directory);
    }

    @AfterEach
    void tearDown() {
        fixture.close();
    }

    private static String print(Reply reply) throws Exception {
        StringBuilder script = new StringBuilder("printf '");
        for (byte b : Codec.encode(reply)) {
            script.append("\\%03o".formatted(b & 0xff));
        }
        return script.append("'\n").toString();
    }

    @Test
    void theFirstFrameAndThePidFileMakeAContainer() throws Exception {
        String script = "printf '300 7\\n301 8\\n' > pid\n" + print(new Reply.Created(301, 8));
        ContainerHandle container = fixture.shims(script).createContainer(fixture.bundle(), LONG);
        assertThat(container.control()).isEqualTo(new PidIdentity(300, 7));
        assertThat(container.init()).isEqualTo(new PidIdentity(301, 8));
    }

    @Test
    void aPodIsItsHolder() throws Exception {
        PodHandle pod =
                fixture.shims(print(new Reply.PodReady(400, 9)))
                        .startPod(fixture.bundle(), LONG)
                        .pod();
        assertThat(pod.holder()).isEqualTo(new PidIdentity(400, 9));
        assertThat(fixture.shims("exit 0").findPod(fixture.bundle())).isEmpty();
        Files.writeString(fixture.bundle().resolve("pid"), "400 9\n");
        assertThat(fixture.shims("exit 0").findPod(fixture.bundle()))
                .get()
                .satisfies(found -> {
                    assertThat(found.holder()).isEqualTo(pod.holder());
                    assertThat(found.alive()).isFalse();
                    found.stop(Duration.ZERO);
                });
    }

    @Test
    void theProgramRunsInTheBundleWithAnEnvironmentFromScratch() throws Exception {
        String script = "(pwd; echo $0 $1; env | sort; ls -l /proc/self/fd/0) > seen\n";
        assertThatThrownBy(() -> fixture.shims(script).startPod(fixture.bundle(), LONG))
                .isInstanceOf(CarafeException.Internal.class);
        String seen = Files.readString(fixture.bundle().resolve("seen"));
        assertThat(seen).startsWith(fixture.bundle() + "\n");
        assertThat(seen).contains(" pod\n").contains("LC_ALL=C").contains("/dev/null");
        assertThat(seen).doesNotContain("PATH=/").doesNotContain("HOME=").doesNotContain("JAVA");
    }

    @Test
    void aFailedStepBecomesTheError() throws Exception {
        String script =
                print(
                        new Reply.Failed(
                                "mounts.source", "/data", Errno.ENOENT, "no such mount source"));
        assertThatThrownBy(() -> fixture.shims(script).createContainer(fixture.bundle(), LONG))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("create container c0ffee")
                .hasMessageContaining("/data")
                .hasMessageContaining("mounts.source");
    }

    @Test
    void aShimThatDiesIsQuoted() throws Exception {
        assertThatThrownBy(() ->
                        fixture.shims("echo heap is full >&2; exit 3")
                                .createContainer(fixture.bundle(), LONG))
                .isInstanceOf(CarafeException.Internal.class)
                .hasMessageContaining("heap is full");
    }

    @Test
    void aFrameThatIsNoneIsRefused() throws Exception {
        assertThatThrownBy(() ->
                        fixture.shims("echo hello, world").createContainer(fixture.bundle(), LONG))
                .isInstanceOf(CarafeException.Internal.class)
                .hasMessageContaining("another protocol");
    }

    @Test
    void aHangingShimIsEndedAtTheDeadline() throws Exception {
        String script = "echo $$ > started; exec sleep 60";
        assertThatThrownBy(() ->
                        fixture.shims(script)
                                .createContainer(fixture.bundle(), Duration.ofMillis(50)))
                .isInstanceOf(CarafeException.Deadline.class)
                .hasMessageContaining("50 ms");
        assertThat(fixture.readiness().size()).isZero();
    }

    @Test
    void aPidFileThatNamesAnotherInitIsAnError() throws Exception {
        String script = "printf '300 7\\n301 8\\n' > pid\n" + print(new Reply.Created(301, 9));
        assertThatThrownBy(() -> fixture.shims(script).createContainer(fixture.bundle(), LONG))
                .isInstanceOf(CarafeException.Internal.class)
                .hasMessageContaining("pid file");
    }

    @Test
    void aProgramThatSaysItsUsageIsSound() throws Exception {
        fixture.shims("exit 2").check();
        assertThatThrownBy(() -> fixture.shims("exit 0").check())
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageContaining("code 0");
    }
}
