package carafe.shim.stream;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.RealKernel;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientFramesTest {
    private final Syscalls sys = RealKernel.syscalls();
    private final Buffer scratch = sys.memory().allocate(Frames.MAX_CHUNK_BYTES);
    private final ByteArrayOutputStream input = new ByteArrayOutputStream();
    private final List<String> events = new ArrayList<>();
    private boolean takesInput = true;
    private int client;
    private int socket;
    private ClientFrames frames;

    @BeforeEach
    void connect() throws SyscallException {
        long pair = sys.sockets().pair(SocketCalls.SOCK_STREAM | SocketCalls.SOCK_NONBLOCK);
        client = (int) pair;
        socket = (int) (pair >>> 32);
        frames = new ClientFrames(sys, scratch, socket, new Recorded());
    }

    @AfterEach
    void disconnect() {
        sys.files().close(client);
        sys.files().close(socket);
    }

    private final class Recorded implements ClientFrames.Listener {
        @Override
        public boolean takesInput() {
            return takesInput;
        }

        @Override
        public void input(Buffer from, int length) {
            byte[] bytes = new byte[length];
            from.get(0, bytes, 0, length);
            input.writeBytes(bytes);
        }

        @Override
        public void inputEnd() {
            events.add("end");
        }

        @Override
        public void resize(int columns, int rows) {
            events.add(columns + "x" + rows);
        }

        @Override
        public void abort() {
            events.add("abort");
        }
    }

    private void write(byte[] bytes, int from, int to) {
        int n = sys.files().write(client, bytes, from, to - from);
        assertThat(n).isEqualTo(to - from);
    }

    private void send(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    private static byte[] stream(Message... messages) throws WireException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Message message : messages) {
            all.writeBytes(Codec.encode(message));
        }
        return all.toByteArray();
    }

    @Test
    void framesMeanWhatTheySay() throws WireException {
        send(
                stream(
                        new Request.Stdin(new byte[] {1, 2, 3}),
                        new Request.Resize(80, 25),
                        new Request.Stdin(new byte[0]),
                        new Request.Stdin(new byte[] {4}),
                        new Request.StdinEnd(),
                        new Request.Abort()));
        frames.read();

        assertThat(input.toByteArray()).containsExactly(1, 2, 3, 4);
        assertThat(events).containsExactly("80x25", "end", "abort");
    }

    @Test
    void piecesOfAnySizeWillDo() throws WireException {
        byte[] all =
                stream(
                        new Request.Stdin(new byte[500]),
                        new Request.Resize(1, 2),
                        new Request.Stdin(new byte[300]),
                        new Request.StdinEnd());
        Random random = new Random(5);
        for (int at = 0; at < all.length; ) {
            int end = Math.min(all.length, at + 1 + random.nextInt(9));
            write(all, at, end);
            frames.read();
            at = end;
        }
        assertThat(input.size()).isEqualTo(800);
        assertThat(events).containsExactly("1x2", "end");
    }

    /** Until the process takes it, input stays in the socket, and what follows it too. */
    @Test
    void inputWaitsForItsTaker() throws WireException {
        send(stream(new Request.Stdin(new byte[10]), new Request.StdinEnd()));
        takesInput = false;
        frames.read();
        assertThat(input.size()).isZero();
        assertThat(events).isEmpty();

        takesInput = true;
        frames.read();

        assertThat(input.size()).isEqualTo(10);
        assertThat(events).containsExactly("end");
    }

    @Test
    void theEndOfTheConnectionAborts() {
        sys.files().close(client);
        client = -1;
        frames.read();

        assertThat(events).containsExactly("abort");
    }

    @Test
    void whatDoesNotBelongHereAborts() throws WireException {
        byte[] tooLong = stream(new Request.StdinEnd());
        tooLong[3] = 3;
        byte[] count = stream(new Request.Stdin(new byte[4]));
        count[Frames.PREFIX_BYTES + Frames.HEAD_BYTES + 3] = 5;
        byte[] version = stream(new Request.Abort());
        version[Frames.PREFIX_BYTES] = 2;
        byte[] nothing = {0, 0, 0, 0, 0, 0};

        for (byte[] wrong :
                List.of(stream(new Request.Start()), tooLong, count, version, nothing)) {
            events.clear();
            ClientFrames fresh = new ClientFrames(sys, scratch, socket, new Recorded());
            send(wrong);
            fresh.read();
            assertThat(events).containsExactly("abort");
            drain();
        }
    }

    private void drain() {
        int n = sys.files().read(socket, scratch, 0, scratch.size());
        assertThat(n).isNotZero();
    }
}
