package carafe.shim.control;

import carafe.shim.stream.ClientFrames;
import carafe.shim.stream.StdinRelay;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;

/**
 * Everything that flows in one exec: output to frames, frames to input, and what waits for whom. A
 * client that does not read stops the process's output; a process that does not read stops the
 * client's input.
 */
final class ExecStreams implements ClientFrames.Listener {
    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    /** As much as a pipe can be made to hold, so that no process can hold up the last read. */
    private static final int LAST_READ_BYTES = 1 << 20;

    private final Syscalls sys;
    private final ExecIo io;
    private final int socket;
    private final OutputRelay output;
    private final StdinRelay input;
    private final ClientFrames frames;
    private boolean aborted;
    private boolean sizeWaits;
    private int columns;
    private int rows;
    private int lastReadLeft = LAST_READ_BYTES;
    private int polledSocket;
    private int polledStdin;
    private int polledStdout;
    private int polledStderr;

    /**
     * @param io our ends of the streams, owned from here on
     * @param socket the client's, owned from here on
     */
    ExecStreams(ExecShared shared, ExecIo io, int socket) {
        this.sys = shared.sys();
        this.io = io;
        this.socket = socket;
        this.output = new OutputRelay(sys, shared.frameBuffer(), socket);
        this.input = new StdinRelay(sys, io);
        this.frames = new ClientFrames(sys, shared.frameBuffer(), socket, this);
    }

    /** Whether the client wants it to end, is gone, or does not keep to the protocol. */
    boolean isAborted() {
        return aborted || output.isBroken();
    }

    /** Whether nothing can be sent to the client any more. */
    boolean isBroken() {
        return output.isBroken();
    }

    /** Whether a frame waits for the client. */
    boolean isBlocked() {
        return output.isBlocked();
    }

    /** Whether all output has been read and sent. */
    boolean hasEnded() {
        return io.stdout() < 0 && io.stderr() < 0 && !output.isBlocked();
    }

    /** The terminal has been sent by the time the process has exec'd. */
    void takeTerminal() throws SyscallException {
        io.takeTerminalIfAny();
        if (sizeWaits) {
            resize(columns, rows);
        }
    }

    /** Forgets a wish of the client that has been granted. */
    void abortGranted() {
        aborted = false;
    }

    /** While output is read and frames are taken. */
    void join(PollSet polls) {
        boolean blocked = output.isBlocked();
        int reads = input.isBlocked() ? 0 : PollSet.IN;
        polledSocket = polls.add(socket, reads | (blocked ? PollSet.OUT : 0));
        polledStdin = polls.add(input.blockedFd(), PollSet.OUT);
        polledStdout = polls.add(blocked ? -1 : io.stdout(), PollSet.IN);
        polledStderr = polls.add(blocked ? -1 : io.stderr(), PollSet.IN);
    }

    /** While only the client can make it go on. */
    void joinLast(PollSet polls) {
        polledSocket = polls.add(socket, output.isBlocked() ? PollSet.OUT : 0);
        polledStdin = PollSet.ABSENT;
        polledStdout = PollSet.ABSENT;
        polledStderr = PollSet.ABSENT;
    }

    void serve(PollSet polls) {
        int events = polls.events(polledSocket);
        if ((events & PollSet.OUT) != 0) {
            output.flush();
        }
        if ((events & PollSet.IN) != 0) {
            frames.read();
        } else if ((events & (PollSet.HANGUP | PollSet.ERROR)) != 0) {
            aborted = true;
        }
        if (polls.events(polledStdin) != 0) {
            input.flush();
        }
        if (polls.events(polledStdout) != 0) {
            relayStdout();
        }
        if (polls.events(polledStderr) != 0) {
            relayStderr();
        }
    }

    private int relayStdout() {
        if (io.stdout() < 0 || output.isBlocked()) {
            return 0;
        }
        int n = output.relay(io.stdout(), STDOUT);
        if (n == 0) {
            io.closeStdout();
        }
        return n;
    }

    private int relayStderr() {
        if (io.stderr() < 0 || output.isBlocked()) {
            return 0;
        }
        int n = output.relay(io.stderr(), STDERR);
        if (n == 0) {
            io.closeStderr();
        }
        return n;
    }

    /**
     * What the process itself had written is in the pipes still; then whoever holds them loses.
     *
     * @return whether that is all; else the client must take some of it first
     */
    boolean readLast() {
        boolean more = true;
        while (more && lastReadLeft > 0 && !output.isBlocked()) {
            int out = Math.max(relayStdout(), 0);
            int err = Math.max(relayStderr(), 0);
            more = out + err > 0;
            lastReadLeft -= out + err;
        }
        return !output.isBlocked();
    }

    /** Sends a frame; not while blocked. */
    void send(Reply reply) {
        try {
            output.send(Codec.encode(reply));
        } catch (WireException e) {
            aborted = true;
        }
    }

    void close() {
        output.forget();
        input.forget();
        io.close();
        frames.free();
        sys.files().close(socket);
    }

    @Override
    public boolean takesInput() {
        return !input.isBlocked();
    }

    @Override
    public void input(Buffer from, int length) {
        input.accept(from, 0, length);
    }

    @Override
    public void inputEnd() {
        input.end();
    }

    @Override
    public void resize(int newColumns, int newRows) {
        // Clients tell their size at once, which is before there is a terminal.
        sizeWaits = !io.hasTerminal();
        columns = newColumns;
        rows = newRows;
        if (io.hasTerminal()) {
            try {
                sys.sockets().setWindowSize(io.stdout(), columns, rows);
            } catch (SyscallException e) {
                // The terminal is gone, and so is its size.
            }
        }
    }

    @Override
    public void abort() {
        aborted = true;
    }
}
