package carafe.shim.control;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.pump.PumpProtocol;
import carafe.shim.record.Facts;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.RecordingSyscalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class PumpLinkTest {
    private static final int PUMP = 70;
    private static final int REVENTS = 6;

    private final AtomicBoolean opened = new AtomicBoolean();
    private final RecordingSyscalls kernel =
            new RecordingSyscalls()
                    .answer("fork", _ -> PUMP)
                    .answer(
                            "poll",
                            given -> {
                                ((Buffer) given[0]).putShort(REVENTS, PollSet.IN);
                                return 1;
                            })
                    .answer(
                            "receive",
                            given -> {
                                if (opened.getAndSet(true)) {
                                    return -Errno.EAGAIN;
                                }
                                ((Buffer) given[1]).put(0, PumpProtocol.OPENED);
                                ((Buffer) given[1]).putInt(1, 0);
                                return 5;
                            });

    @Test
    void aPumpThatDiesIsStartedAgain() throws SyscallException {
        PumpLink link = withOpenLog();
        assertThat(link.reaped(PUMP)).isTrue();

        assertThat(forks()).isEqualTo(2);
        assertThat(link.hasEnded()).isFalse();
    }

    /** A container that could not be made is given up at once, not after its pump's last life. */
    @Test
    void aPumpThatWasKilledIsNot() throws SyscallException {
        PumpLink link = withOpenLog();
        link.kill();
        assertThat(link.reaped(PUMP)).isTrue();

        assertThat(kernel.calls()).contains("signalChild[70, 9]");
        assertThat(forks()).isEqualTo(1);
        assertThat(link.hasEnded()).isTrue();
    }

    /** It would live on unheard, and nobody would learn whether there is a log. */
    @Test
    void aPumpThatCannotBeTalkedToIsEnded() throws SyscallException {
        kernel.answer("receive", _ -> -Errno.ECONNRESET);
        PumpLink link = started();
        assertThat(kernel.calls()).contains("signalChild[70, 9]");
        assertThat(link.reaped(PUMP)).isTrue();

        assertThat(link.hasTriedToOpen()).isTrue();
        assertThat(link.openErrno()).isEqualTo(Errno.EPIPE);
    }

    /** Its pid may be somebody else's by then. */
    @Test
    void aPumpThatHasEndedGetsNoSignal() throws SyscallException {
        PumpLink link = withOpenLog();
        kernel.answer("receive", _ -> 0);
        assertThat(link.reaped(PUMP)).isTrue();

        assertThat(kernel.names()).doesNotContain("signalChild");
    }

    private PumpLink withOpenLog() throws SyscallException {
        PumpLink link = started();
        assertThat(link.openErrno()).isZero();
        return link;
    }

    private PumpLink started() throws SyscallException {
        Syscalls sys = kernel.syscalls();
        Facts facts = new Facts(false, false, false, 100, "", "", "", "", "", 2, false, false, "");
        PumpLink link = PumpLink.start(sys, new PumpLauncher(sys, facts, -1, -1, -1));
        PollSet polls = new PollSet(sys, 4);
        link.join(polls);
        polls.await(0);
        link.serve(polls);
        return link;
    }

    private long forks() {
        return kernel.names().stream().filter("fork"::equals).count();
    }
}
