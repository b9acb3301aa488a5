package carafe.shim.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.child.ChildIo;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.RealKernel;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of an exec on real pipes and sockets; the test is process and client in one. */
class ExecStreamsTest {
    private final Syscalls sys = RealKernel.syscalls();
    private final PollSet polls = new PollSet(sys, 8);
    private final Buffer buffer = sys.memory().allocate(1 << 16);
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private int client;
    private ExecIo io;
    private ChildIo process;
    private ExecStreams streams;

    @BeforeEach
    void open() throws SyscallException {
        long pair = sys.sockets().pair(SocketCalls.SOCK_STREAM | SocketCalls.SOCK_NONBLOCK);
        client = (int) pair;
        io = ExecIo.open(sys, true, false);
        process = io.forChild();
        Cgroup none = new Cgroup(sys, -1, "");
        streams = new ExecStreams(ExecShared.of(sys, none, 9), io, (int) (pair >>> 32));
    }

    @AfterEach
    void close() {
        io.closeChildEnds();
        streams.close();
        sys.files().close(client);
    }

    private void round() {
        polls.clear();
        streams.join(polls);
        polls.await(0);
        streams.serve(polls);
    }

    /** Fills the pipe with as much as it takes; bytes. */
    private int writeOutput(int limit) throws SyscallException {
        sys.files().setStatusFlags(process.stdout(), FileCalls.O_NONBLOCK);
        int n = sys.files().write(process.stdout(), buffer, 0, Math.min(limit, buffer.size()));
        return Math.max(n, 0);
    }

    private int readClient() {
        int n = sys.files().read(client, buffer, 0, buffer.size());
        if (n > 0) {
            byte[] bytes = new byte[n];
            buffer.get(0, bytes, 0, n);
            received.writeBytes(bytes);
        }
        return n;
    }

    private List<Message> messages() throws WireException {
        List<Message> messages = new ArrayList<>();
        byte[] all = received.toByteArray();
        int at = 0;
        while (at < all.length) {
            int length = Frames.bodyLength(all, at);
            messages.add(Codec.decode(all, at + Frames.PREFIX_BYTES, length));
            at += Frames.PREFIX_BYTES + length;
        }
        return messages;
    }

    private int outputBytes() throws WireException {
        int sum = 0;
        for (Message message : messages()) {
            sum += ((Reply.Output) message).bytes().length;
        }
        return sum;
    }

    @Test
    void outputBecomesFrames() throws WireException {
        sys.files().write(process.stdout(), "out".getBytes(UTF_8), 0, 3);
        sys.files().write(process.stderr(), "error".getBytes(UTF_8), 0, 5);
        round();
        readClient();

        assertThat(messages())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new Reply.Output(Reply.Stream.STDOUT, "out".getBytes(UTF_8)),
                        new Reply.Output(Reply.Stream.STDERR, "error".getBytes(UTF_8)));
        assertThat(streams.hasEnded()).isFalse();
        io.closeChildEnds();
        round();
        assertThat(streams.hasEnded()).isTrue();
    }

    /** Socket, one frame and one pipe: then the process stands still, and nothing is lost. */
    @Test
    void aClientThatDoesNotReadStopsTheProcess() throws SyscallException, WireException {
        int written = 0;
        int more = writeOutput(1 << 16);
        while (more > 0) {
            written += more;
            round();
            more = writeOutput(1 << 16);
        }
        assertThat(streams.isBlocked()).isTrue();
        assertThat(written).isBetween(100_000, 1 << 20);

        io.closeChildEnds();
        while (!streams.hasEnded()) {
            readClient();
            round();
        }
        while (readClient() > 0) {
            round();
        }
        assertThat(outputBytes()).isEqualTo(written);
    }

    @Test
    void theLastReadTakesWhatIsThereAndNoMore() throws SyscallException, WireException {
        int written = writeOutput(40_000);

        assertThat(streams.readLast()).isTrue();
        readClient();

        assertThat(outputBytes()).isEqualTo(written);
        assertThat(streams.hasEnded()).isFalse();
    }

    @Test
    void inputReachesTheProcess() throws WireException {
        byte[] frame = Codec.encode(new Request.Stdin("input".getBytes(UTF_8)));
        sys.files().write(client, frame, 0, frame.length);
        round();

        byte[] read = new byte[10];
        assertThat(sys.files().read(process.stdin(), read, 0, 10)).isEqualTo(5);
        assertThat(new String(read, 0, 5, UTF_8)).isEqualTo("input");
    }

    /** A process that does not read stops the client, after one pipe and one chunk. */
    @Test
    void inputThatNobodyTakesStaysWithTheClient() throws WireException {
        byte[] frame = Codec.encode(new Request.Stdin(new byte[Frames.MAX_CHUNK_BYTES]));
        int accepted = 0;
        for (int i = 0; i < 100; i++) {
            int at = accepted % frame.length;
            int n = sys.files().write(client, frame, at, Math.min(4096, frame.length - at));
            accepted += Math.max(n, 0);
            if (n < 0) {
                assertThat(n).isEqualTo(-Errno.EAGAIN);
            }
            round();
        }
        assertThat(streams.takesInput()).isFalse();
        assertThat(streams.isAborted()).isFalse();
    }

    @Test
    void theEndOfInputClosesThePipe() throws WireException {
        byte[] frame = Codec.encode(new Request.StdinEnd());
        sys.files().write(client, frame, 0, frame.length);
        round();

        assertThat(sys.files().read(process.stdin(), new byte[1], 0, 1)).isZero();
    }

    @Test
    void inputForAProcessThatClosedItsOwnIsDropped() throws WireException {
        io.closeChildEnds();
        byte[] frame = Codec.encode(new Request.Stdin(new byte[100]));
        sys.files().write(client, frame, 0, frame.length);
        // A JVM ignores SIGPIPE, as control does.
        round();

        assertThat(streams.isAborted()).isFalse();
        assertThat(streams.takesInput()).isTrue();
    }

    @Test
    void aClientThatIsGoneAborts() {
        sys.files().close(client);
        client = -1;
        round();

        assertThat(streams.isAborted()).isTrue();
    }
}
