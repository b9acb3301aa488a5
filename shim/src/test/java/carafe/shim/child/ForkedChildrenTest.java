package carafe.shim.child;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.sys.Errno;
import carafe.shim.sys.RecordingSyscalls;
import carafe.shim.sys.SyscallException;
import org.junit.jupiter.api.Test;

/** Control's side of the fork: it lives on, so nothing may leak. */
final class ForkedChildrenTest {
    private static final ChildIo IO = new ChildIo(-1, -1, -1, -1);

    @Test
    void controlKeepsTheReadEndOfStatusAndTheWriteEndOfStart() throws Exception {
        RecordingSyscalls kernel = new RecordingSyscalls().answer("clone", _ -> 50);
        Child child = new ForkedChildren(kernel.syscalls()).startInit(IO, 9);
        assertThat(child.setupPid()).isEqualTo(50);
        assertThat(kernel.open()).containsExactlyInAnyOrder(0, 1, 2, child.status(), child.start());
        assertThat(kernel.calls()).contains("clone[0, 9]");
    }

    @Test
    void whateverFailsLeavesNoDescriptorBehind() {
        int n = 1;
        while (true) {
            RecordingSyscalls kernel =
                    new RecordingSyscalls().answer("clone", _ -> 50).failAt(n++, Errno.EMFILE);
            try {
                new ForkedChildren(kernel.syscalls()).startInit(IO, -1);
                break;
            } catch (SyscallException e) {
                assertThat(kernel.open()).as(kernel.calls().toString()).containsOnly(0, 1, 2);
            }
        }
        assertThat(n).isGreaterThan(4);
    }
}
