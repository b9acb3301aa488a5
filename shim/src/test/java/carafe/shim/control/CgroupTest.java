package carafe.shim.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.sys.Errno;
import carafe.shim.sys.RecordingSyscalls;
import carafe.shim.sys.SyscallException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CgroupTest {
    private static final int SELF = 500;

    private final RecordingSyscalls kernel = new RecordingSyscalls();
    private int passes;

    @BeforeEach
    void numberThisProcess() {
        kernel.answer("pid", _ -> SELF);
        // The pidfd of a process has its number, so that a signal can be told by it.
        kernel.answer("openPidfd", arguments -> arguments[0]);
        kernel.answer("session", arguments -> Map.of(10, 7, 11, 8, 12, 7).get(arguments[0]));
    }

    /** Who is there at first, and nobody once they are killed. */
    private Cgroup listing(String pids) {
        kernel.file("/c/cgroup.procs", pids.getBytes(UTF_8));
        kernel.answer(
                "open",
                _ -> {
                    passes++;
                    if (passes > 1) {
                        kernel.file("/c/cgroup.procs", new byte[0]);
                    }
                    return null;
                });
        return new Cgroup(kernel.syscalls(), -1, "/c/cgroup.procs");
    }

    private List<String> signals() {
        return kernel.calls().stream().filter(call -> call.startsWith("signal")).toList();
    }

    @Test
    void allThatAreListedAreKilled() {
        listing("10\n11\n12\n").killAll();

        assertThat(signals()).containsExactly("signal[10, 9]", "signal[11, 9]", "signal[12, 9]");
        assertThat(passes).isEqualTo(2);
    }

    @Test
    void onlyTheSessionIsKilled() {
        listing("10\n11\n12\n").killSession(7);

        assertThat(signals()).containsExactly("signal[10, 9]", "signal[12, 9]");
    }

    @Test
    void noSpecialNumberIsEverSignalled() {
        Cgroup cgroup = listing("0\n1\n10\n");
        cgroup.killSession(0);
        cgroup.killSession(1);
        assertThat(signals()).isEmpty();

        cgroup.killAll();

        assertThat(signals()).containsExactly("signal[10, 9]");
    }

    /** A cgroup that holds the shim holds who knows what else. */
    @Test
    void aCgroupThatHoldsTheShimIsLeftAlone() {
        listing(SELF + "\n10\n").killAll();

        assertThat(signals()).isEmpty();
    }

    @Test
    void oneWriteKillsAVersionTwoCgroup() {
        Cgroup cgroup = new Cgroup(kernel.syscalls(), 44, "/c/cgroup.procs");

        cgroup.killAll();

        assertThat(kernel.calls()).anyMatch(call -> call.startsWith("open[44, cgroup.kill"));
        assertThat(kernel.written(3)).containsExactly(new byte[] {'1'});
        assertThat(signals()).isEmpty();
    }

    @Test
    void withoutThatFileTheListIsUsed() {
        Cgroup listed = listing("10\n");
        Cgroup cgroup = new Cgroup(kernel.syscalls(), 44, "/c/cgroup.procs");
        // Each of the two has asked for its own number before.
        kernel.failAt(3, Errno.ENOENT);

        cgroup.killAll();

        assertThat(listed.birthFd()).isEqualTo(-1);
        assertThat(signals()).containsExactly("signal[10, 9]");
    }

    @Test
    void whoIsGoneIsNoError() {
        Cgroup cgroup = listing("10\n11\n");
        kernel.failAt(3, Errno.ESRCH);

        cgroup.killAll();

        assertThat(kernel.open()).containsExactly(0, 1, 2);
        assertThat(kernel.hasFailed()).isTrue();
    }

    @Test
    void aListThatNeverEmptiesIsGivenUp() throws SyscallException {
        kernel.file("/c/cgroup.procs", "10\n".getBytes(UTF_8));

        new Cgroup(kernel.syscalls(), -1, "/c/cgroup.procs").killAll();

        assertThat(signals()).hasSize(32);
    }
}
