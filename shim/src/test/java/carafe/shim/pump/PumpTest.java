package carafe.shim.pump;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.RealKernel;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pump on real pipes; all it is to read is there before it runs, in one thread. */
class PumpTest {
    private final Syscalls sys = RealKernel.syscalls();
    private final Buffer message = sys.memory().allocate(PumpProtocol.MAX_BYTES);
    private final List<Integer> ours = new ArrayList<>();

    @TempDir private Path temp;

    private Path log;
    private int control;
    private int theirControl;
    private long stdout;
    private long stderr;

    @BeforeEach
    void openDescriptors() throws SyscallException {
        log = temp.resolve("0.log");
        long pair = sys.sockets().pair(SocketCalls.SOCK_SEQPACKET | SocketCalls.SOCK_NONBLOCK);
        control = keep((int) pair);
        theirControl = (int) (pair >>> 32);
        stdout = sys.files().pipe(FileCalls.O_NONBLOCK);
        stderr = sys.files().pipe(FileCalls.O_NONBLOCK);
    }

    @AfterEach
    void closeDescriptors() {
        ours.forEach(sys.files()::close);
    }

    private int keep(int fd) {
        ours.add(fd);
        return fd;
    }

    private int run(int longestText) throws SyscallException {
        PumpIo io =
                new PumpIo(theirControl, FileCalls.readEnd(stdout), FileCalls.readEnd(stderr), -1);
        return new Pump(sys, io, LogTarget.of(log.toString(), ""), longestText, counts()).run();
    }

    private String counts() {
        return temp.resolve("log.counts").toString();
    }

    private void write(long pipe, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        assertThat(sys.files().write(FileCalls.writeEnd(pipe), bytes, 0, bytes.length))
                .isEqualTo(bytes.length);
    }

    private void end(long pipe) {
        sys.files().close(FileCalls.writeEnd(pipe));
    }

    private void send(int length) {
        assertThat(sys.sockets().send(control, message, 0, length, 0)).isEqualTo(length);
    }

    private void sendDrain() {
        message.put(0, PumpProtocol.DRAIN);
        message.putInt(1, 50);
        send(5);
    }

    /** Type of the next message from the pump. */
    private byte receive() {
        int n =
                sys.sockets()
                        .receive(
                                control,
                                message,
                                0,
                                PumpProtocol.MAX_BYTES,
                                SocketCalls.MSG_DONTWAIT);
        assertThat(n).as("a message").isPositive();
        return message.get(0);
    }

    private List<String> logged() throws IOException {
        return Files.readAllLines(log).stream().map(line -> line.split(" ", 2)[1]).toList();
    }

    @Test
    void bothStreamsAreWrittenToTheirEnd() throws IOException {
        write(stdout, "one\ntwo\nthr");
        write(stderr, "err\n");
        end(stdout);
        end(stderr);
        sendDrain();

        assertThat(run(100)).isZero();

        assertThat(logged())
                .containsExactlyInAnyOrder(
                        "stdout F one", "stdout F two", "stderr F err", "stdout P thr");
        assertThat(receive()).isEqualTo(PumpProtocol.OPENED);
        assertThat(message.getInt(1)).isZero();
        assertThat(receive()).isEqualTo(PumpProtocol.DRAINED);
        assertThat(message.getLong(1)).isZero();
    }

    /** Lines, parts, bytes written, bytes lost; a pump that takes another's place goes on. */
    @Test
    void whatTheLogTookIsCountedInAFile() throws IOException {
        Files.write(
                temp.resolve("log.counts"),
                ByteBuffer.allocate(32)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(10)
                        .putLong(20)
                        .putLong(30)
                        .putLong(40)
                        .array());
        write(stdout, "one\nlonger\nthr");
        write(stderr, "err\n");
        end(stdout);
        end(stderr);
        sendDrain();

        assertThat(run(4)).isZero();

        ByteBuffer counts =
                ByteBuffer.wrap(Files.readAllBytes(temp.resolve("log.counts")))
                        .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(counts.getLong()).as("one, er, err").isEqualTo(10 + 3);
        assertThat(counts.getLong()).as("long, thr").isEqualTo(20 + 2);
        assertThat(counts.getLong()).isEqualTo(30 + Files.size(log));
        assertThat(counts.getLong()).isEqualTo(40);
    }

    /** Somebody who is not of the container may hold a stream's other end for ever. */
    @Test
    void drainingHasALimit() throws IOException {
        write(stdout, "one\n");
        end(stderr);
        sendDrain();

        assertThat(run(100)).isZero();

        assertThat(logged()).containsExactly("stdout F one");
        end(stdout);
    }

    @Test
    void withoutControlItGoesOnToTheEnd() throws IOException {
        write(stdout, "one\n");
        end(stdout);
        end(stderr);
        // Control's end comes after the pump has opened the log: before, nobody would wait for it.
        sys.sockets().shutdown(control, SocketCalls.SHUT_WR);

        assertThat(run(100)).isZero();

        assertThat(logged()).containsExactly("stdout F one");
    }

    @Test
    void aReopenedLogIsANewFile() throws IOException {
        write(stdout, "one\n");
        end(stdout);
        end(stderr);
        message.put(0, PumpProtocol.REOPEN);
        message.putInt(1, 4711);
        send(9);
        sendDrain();

        assertThat(run(100)).isZero();

        assertThat(receive()).isEqualTo(PumpProtocol.OPENED);
        assertThat(receive()).isEqualTo(PumpProtocol.REOPENED);
        assertThat(message.getInt(1)).isEqualTo(4711);
        assertThat(message.getInt(5)).isZero();
        assertThat(receive()).isEqualTo(PumpProtocol.DRAINED);
    }

    @Test
    void aLogThatCannotBeOpenedIsToldAndEndsIt() throws SyscallException {
        log = temp.resolve("none/0.log");

        assertThat(run(100)).isEqualTo(1);

        assertThat(receive()).isEqualTo(PumpProtocol.OPENED);
        assertThat(message.getInt(1)).isEqualTo(Errno.ENOENT);
        end(stdout);
        end(stderr);
    }
}
