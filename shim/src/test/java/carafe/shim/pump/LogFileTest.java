package carafe.shim.pump;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.log.LineBatch;
import carafe.shim.log.LineFramer;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.RecordingSyscalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogFileTest {
    private static final int PREFIX = "1970-01-01T00:00:00.000000000Z stdout F ".length();

    private final RecordingSyscalls recorded = new RecordingSyscalls();
    private final Syscalls sys = recorded.syscalls();
    private final ByteArrayOutputStream disk = new ByteArrayOutputStream();
    private final Deque<Integer> writes = new ArrayDeque<>();
    private LineFramer framer;
    private LineBatch batch;
    private LogFile log;

    @BeforeEach
    void openLog() throws SyscallException {
        FileStatus regular = new FileStatus(FileStatus.REGULAR, 0, 0, 1, 1, 0, 0, 0, 1);
        recorded.answer("status", _ -> regular);
        recorded.answer("write", this::write);
        framer = new LineFramer(sys.memory(), LineFramer.Stream.STDOUT, 100);
        framer.stamp(0);
        batch = new LineBatch(sys.memory(), 100);
        log = new LogFile(sys.files(), sys.memory(), LogTarget.of("/var/log/pod/c/0.log", ""));
        log.open();
    }

    /** Takes as many bytes as the next entry says, or fails with it; all when there is none. */
    private Object write(Object[] arguments) {
        int length = (Integer) arguments[3];
        int result = Math.min(length, writes.isEmpty() ? length : writes.pop());
        if (result > 0) {
            byte[] bytes = new byte[result];
            ((Buffer) arguments[1]).get((Integer) arguments[2], bytes, 0, result);
            disk.writeBytes(bytes);
        }
        return result;
    }

    private void log(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        Buffer in = sys.memory().allocate(bytes.length);
        in.put(0, bytes, 0, bytes.length);
        framer.frame(in, 0, bytes.length, batch);
        log.append(batch);
        assertThat(batch.used()).isZero();
        in.free();
    }

    private String written() {
        return disk.toString(UTF_8).replaceAll("(?m)^1970\\S+ stdout F ", "");
    }

    @Test
    void linesGoToTheFile() {
        log("one\ntwo\n");
        log("three\n");

        assertThat(written()).isEqualTo("one\ntwo\nthree\n");
        assertThat(log.lostBytes()).isZero();
        assertThat(log.lastErrno()).isZero();
    }

    @Test
    void aShortWriteGoesOn() {
        writes.add(5);
        writes.add(-Errno.EINTR);
        writes.add(1);
        log("one\ntwo\n");

        assertThat(written()).isEqualTo("one\ntwo\n");
        assertThat(log.lostBytes()).isZero();
    }

    @Test
    void whatCannotBeWrittenIsCounted() {
        writes.add(-Errno.ENOSPC);
        log("lost\n");
        log("kept\n");

        assertThat(written()).isEqualTo("kept\n");
        assertThat(log.lostBytes()).isEqualTo(PREFIX + 5);
    }

    /** A line of which a part is on disk is finished before anything else is written. */
    @Test
    void noLineIsEverTorn() {
        writes.add(PREFIX + 4 + 7);
        writes.add(-Errno.ENOSPC);
        log("one\ntwo\nthree\nfour\n");
        writes.add(-Errno.ENOSPC);
        log("five\n");
        assertThat(log.lastErrno()).isEqualTo(Errno.ENOSPC);
        writes.add(3);
        writes.add(-Errno.EIO);
        log("six\n");
        log("seven\n");

        assertThat(written()).isEqualTo("one\ntwo\nseven\n");
        int lost = 4 * PREFIX + "three\nfour\nfive\nsix\n".length();
        assertThat(log.lostBytes()).isEqualTo(lost);
        assertThat(((carafe.shim.sys.TestMemory) sys.memory()).live()).isEqualTo(2);
    }

    @Test
    void aTornLineIsGivenUpWithItsFile() throws SyscallException {
        writes.add(10);
        writes.add(-Errno.ENOSPC);
        log("one\n");
        writes.add(-Errno.ENOSPC);
        log.open();
        disk.reset();
        log("two\n");

        assertThat(written()).isEqualTo("two\n");
        assertThat(log.lostBytes()).isEqualTo(PREFIX + 4 - 10);
    }

    @Test
    void theOldFileStaysWhenTheNewOneIsRefused() {
        int opened = recorded.open().size();
        recorded.answer("status", _ -> new FileStatus(FileStatus.FIFO, 0, 0, 1, 1, 0, 0, 0, 1));
        int errno = 0;
        try {
            log.open();
        } catch (SyscallException e) {
            errno = e.errno();
        }
        log("still\n");

        assertThat(errno).isEqualTo(Errno.EINVAL);
        assertThat(written()).isEqualTo("still\n");
        assertThat(recorded.open()).hasSize(opened);
    }

    @Test
    void closingLeavesNothingOpen() throws SyscallException {
        log.open();
        writes.add(10);
        writes.add(-Errno.ENOSPC);
        log("one\n");
        log.close();

        assertThat(recorded.open()).containsExactly(0, 1, 2);
        assertThat(written()).isEqualTo("one\n");
    }

    @Test
    void withoutATargetAllIsDropped() throws SyscallException {
        log = new LogFile(sys.files(), sys.memory(), null);
        log.open();
        log("one\n");

        assertThat(disk.size()).isZero();
        assertThat(log.lostBytes()).isZero();
    }
}
