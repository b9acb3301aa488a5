package carafe.shim.child;

import carafe.shim.sys.RecordingSyscalls;
import carafe.shim.sys.TestMemory;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Reports of a child, read back by the reader that control uses. */
final class Reports {
    private Reports() {}

    /** At most so many of what was written to the descriptor; Closed at the end of them. */
    static List<ChildStatus> decode(RecordingSyscalls kernel, int fd, int most) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        kernel.written(fd).forEach(bytes::writeBytes);
        RecordingSyscalls pipe = new RecordingSyscalls().file("pipe", bytes.toByteArray());
        var sys = pipe.syscalls();
        int reader;
        try {
            reader = sys.files().open(0, "pipe", 0, 0);
        } catch (carafe.shim.sys.SyscallException e) {
            throw new AssertionError(e);
        }
        StatusReader statuses =
                new StatusReader(sys.files(), reader, new TestMemory().allocate(4096));
        List<ChildStatus> all = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            ChildStatus status = statuses.next();
            if (status == null || (status instanceof ChildStatus.Closed && most < 4)) {
                break;
            }
            all.add(status);
        }
        return all;
    }
}
