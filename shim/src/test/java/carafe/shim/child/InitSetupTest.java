package carafe.shim.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import carafe.shim.sys.Errno;
import carafe.shim.sys.RecordingSyscalls;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.TestMemory;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** The order of a container's making, and what each failure on the way looks like. */
final class InitSetupTest {
    private static final int INIT = 4711;
    private static final int STATUS = 99;

    private final Queue<Integer> clones = new ArrayDeque<>();

    /** Runs a setup child to its end; its reports. */
    private List<ChildStatus> run(RecordingSyscalls kernel) {
        Syscalls sys = kernel.syscalls();
        Progress progress = new Progress();
        SetupChild child = new SetupChild(sys, progress, STATUS);
        InitSetup setup = new InitSetup(sys, progress, child);
        Throwable end =
                catchThrowable(
                        () -> child.runAndExit(() -> setup.run(new ChildIo(-1, -1, -1, -1), 90)));
        assertThat(end).isInstanceOf(RecordingSyscalls.Exited.class);
        return Reports.decode(kernel, STATUS, 3);
    }

    private RecordingSyscalls kernel(Integer... cloned) {
        clones.addAll(List.of(cloned));
        return Bundles.container()
                .answer("clone", _ -> clones.remove())
                .answer("startTicks", _ -> 0L);
    }

    @Test
    void setupEndsWhenInitIsBorn() {
        RecordingSyscalls kernel = kernel(INIT);
        assertThat(run(kernel)).containsExactly(new ChildStatus.Born(INIT));
        assertThat(kernel.names())
                .containsSubsequence(
                        "closeRange",
                        "unshare",
                        "setHostname",
                        "attach",
                        "pivotRoot",
                        "unmount",
                        "closeRange",
                        "clone");
    }

    @Test
    void cgroupsAreJoinedBeforeAnyNamespaceIsMade() {
        RecordingSyscalls kernel = kernel(INIT);
        run(kernel);
        List<String> calls = kernel.calls();
        int join = indexOf(calls, "open[-100, /cg/memory/tasks");
        assertThat(join).isPositive().isLessThan(indexOf(calls, "unshare["));
        assertThat(indexOf(calls, "openTree[-100, /src")).isLessThan(indexOf(calls, "unshare["));
    }

    @Test
    void whatIsMadeForAContainerHasItsSelinuxContext() {
        String label = "u:object_r:container_file_t:s0:c1,c2";
        RecordingSyscalls kernel = kernel(INIT);
        String shim = Bundles.SHIM.replace("\"id\"", "\"mountLabel\":\"" + label + "\",\"id\"");
        kernel.file("shim.json", shim.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        run(kernel);
        // The root file system, /dev and /dev/pts.
        assertThat(kernel.calls().stream().filter(call -> call.contains("context, " + label)))
                .hasSize(3);
    }

    @Test
    void initMountsProcItselfAndWaitsForTheStart() {
        RecordingSyscalls kernel = kernel(0);
        List<ChildStatus> reports = run(kernel);
        assertThat(reports).containsExactly(new ChildStatus.Ready());
        List<String> calls = kernel.calls();
        int clone = indexOf(calls, "clone[");
        assertThat(indexOf(calls, "openFileSystem[proc]")).isGreaterThan(clone);
        assertThat(indexOf(calls, "newSession[")).isGreaterThan(clone);
        assertThat(calls).noneMatch(c -> c.startsWith("exec["));
    }

    @Test
    void whateverFailsIsReportedWithItsStep() {
        int n = 1;
        while (true) {
            RecordingSyscalls kernel = kernel(INIT).failAt(n, Errno.EIO);
            List<ChildStatus> reports = run(kernel);
            if (!kernel.hasFailed()) {
                break;
            }
            String failed = kernel.calls().toString();
            for (ChildStatus report : reports) {
                if (report instanceof ChildStatus.Failed failure) {
                    assertThat(failure.step()).as(failed).isNotEmpty();
                    assertThat(failure.text()).as(failed).isNotEmpty();
                }
            }
            assertThat(reports).as("call %s: %s", n, failed).hasSizeLessThanOrEqualTo(1);
            n++;
            clones.clear();
        }
        assertThat(n).isGreaterThan(80);
    }

    @Test
    void aMissingFilterFailsTheContainer() {
        RecordingSyscalls kernel = kernel(INIT);
        kernel.file(
                "shim.json",
                "{\"version\":1,\"id\":\"c\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(run(kernel))
                .singleElement()
                .isInstanceOfSatisfying(
                        ChildStatus.Failed.class,
                        f -> assertThat(f.text()).contains("no compiled filter"));
    }

    @Test
    void aPodThatIsGoneIsNotEntered() {
        RecordingSyscalls kernel = kernel(INIT).answer("startTicks", _ -> 1L);
        assertThat(run(kernel))
                .singleElement()
                .isInstanceOfSatisfying(
                        ChildStatus.Failed.class,
                        f -> assertThat(f.step()).isEqualTo("namespace.owner"));
        assertThat(kernel.names()).doesNotContain("enter", "unshare", "clone");
    }

    @Test
    void loweringTheOomScoreMayBeForbidden() {
        RecordingSyscalls kernel = kernel(INIT);
        kernel.answer(
                "write",
                arguments ->
                        arguments[1] instanceof byte[] b && b.length == 2 && b[0] == '-'
                                ? -Errno.EACCES
                                : null);
        assertThat(run(kernel)).containsExactly(new ChildStatus.Born(INIT));
        assertThat(kernel.calls()).anyMatch(c -> c.startsWith("open[-100, shim.log"));
    }

    private static int indexOf(List<String> calls, String prefix) {
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).startsWith(prefix)) {
                return i;
            }
        }
        throw new AssertionError(prefix + " is not among " + calls);
    }

    @Test
    void reportsSurviveTheirPipe() {
        RecordingSyscalls kernel = new RecordingSyscalls();
        StatusWriter writer = new StatusWriter(kernel.syscalls().files(), 5);
        Progress progress = new Progress();
        progress.at("rootfs.layer", "/p\u00e4th");
        writer.born(70000);
        writer.ready();
        writer.failed(progress, 13, "x".repeat(5000));
        assertThat(Reports.decode(kernel, 5, 4))
                .containsExactly(
                        new ChildStatus.Born(70000),
                        new ChildStatus.Ready(),
                        new ChildStatus.Failed("rootfs.layer", "/p\u00e4th", 13, "x".repeat(1024)),
                        new ChildStatus.Closed());
        assertThat(new TestMemory().allocate(1).size()).isOne();
    }
}
