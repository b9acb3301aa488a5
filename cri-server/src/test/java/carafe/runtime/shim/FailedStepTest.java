package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.shim.wire.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailedStepTest {
    @ParameterizedTest
    @CsvSource({
        "0, Invalid",
        "2, Invalid",
        "13, Invalid",
        "8, Invalid",
        "16, Precondition",
        "3, Precondition",
        "12, Exhausted",
        "28, Exhausted",
        "1, Internal",
        "5, Internal"
    })
    void theErrnoDecidesTheKind(int errno, String kind) {
        CarafeException failure =
                FailedStep.of("x", new Reply.Failed("rootfs.overlay", "", errno, "text"));
        assertThat(failure.getClass().getSimpleName()).isEqualTo(kind);
        assertThat(failure).hasMessageContaining("rootfs.overlay");
        assertThat(failure)
                .cause()
                .isInstanceOfSatisfying(
                        StepFailure.class,
                        step -> {
                            assertThat(step.step()).isEqualTo("rootfs.overlay");
                            assertThat(step.errno()).isEqualTo(errno);
                        });
    }

    @Test
    void thePathIsNamedOnce() {
        assertThat(FailedStep.of("x", new Reply.Failed("s", "/p", Errno.EIO, "cannot read /p")))
                .hasMessage("x: cannot read /p (step s, EIO (input/output error))");
        assertThat(FailedStep.of("x", new Reply.Failed("s", "/p", Errno.EIO, "cannot read")))
                .hasMessage("x: cannot read: /p (step s, EIO (input/output error))");
    }
}
