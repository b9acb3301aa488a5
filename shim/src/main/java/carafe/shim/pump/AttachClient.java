package carafe.shim.pump;

import carafe.shim.stream.ClientFrames;
import carafe.shim.stream.StdinRelay;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.WaitCalls;

/**
 * One client that takes part in the container's streams. Output it does not take waits in a bounded
 * queue; a client that lets it overflow, or takes nothing of it for 30 s, is dropped.
 */
final class AttachClient implements ClientFrames.Listener {
    private static final long STALL_NANOS = 30_000_000_000L;

    private final Syscalls sys;
    private final int socket;
    private final AttachFlags flags;
    private final ContainerInput container;
    private final StdinRelay input;
    private final ClientFrames frames;
    private final SendQueue queue;
    private long stalledSinceNanos;
    private boolean gone;
    private boolean inputEnded;
    private int polledSocket;
    private int polledStdin;

    /**
     * @param socket non-blocking, owned from here on
     * @param scratch memory for input, only used within a call
     */
    AttachClient(
            Syscalls sys, int socket, AttachFlags flags, ContainerInput container, Buffer scratch) {
        this.sys = sys;
        this.socket = socket;
        this.flags = flags;
        this.container = container;
        this.input = new StdinRelay(sys, container);
        this.frames = new ClientFrames(sys, scratch, socket, this);
        this.queue = new SendQueue(sys, socket);
    }

    boolean isGone() {
        return gone || queue.isBroken();
    }

    /** Whether something waits for the client. */
    boolean isBehind() {
        return !queue.isEmpty();
    }

    /** When the client is dropped unless it takes something, in monotonic nanoseconds. */
    long deadlineNanos() {
        return queue.isEmpty() ? Long.MAX_VALUE : stalledSinceNanos + STALL_NANOS;
    }

    boolean wants(int stream) {
        return flags.wants(stream);
    }

    /** Sends a frame, or keeps it for later. */
    void send(Buffer frame, int offset, int length, long nowNanos) {
        if (queue.isEmpty()) {
            stalledSinceNanos = nowNanos;
        }
        queue.add(frame, offset, length);
    }

    void join(PumpPolls polls) {
        int reads = input.isBlocked() ? 0 : WaitCalls.POLLIN;
        polledSocket = polls.add(socket, reads | (queue.isEmpty() ? 0 : WaitCalls.POLLOUT));
        polledStdin = polls.add(input.blockedFd(), WaitCalls.POLLOUT);
    }

    void serve(PumpPolls polls, long nowNanos) {
        int events = polls.events(polledSocket);
        if ((events & WaitCalls.POLLOUT) != 0 && queue.flush()) {
            stalledSinceNanos = nowNanos;
        }
        if ((events & WaitCalls.POLLIN) != 0) {
            frames.read();
        } else if ((events & (WaitCalls.POLLHUP | WaitCalls.POLLERR)) != 0) {
            gone = true;
        }
        if (polls.events(polledStdin) != 0) {
            input.flush();
        }
        if (nowNanos >= deadlineNanos()) {
            gone = true;
        }
    }

    /** Forgets the client; with the last input of a container that takes it once, that ends too. */
    void close() {
        inputEnd();
        input.forget();
        queue.free();
        frames.free();
        sys.files().close(socket);
    }

    @Override
    public boolean takesInput() {
        return !input.isBlocked();
    }

    @Override
    public void input(Buffer from, int length) {
        if (flags.stdin()) {
            input.accept(from, 0, length);
        }
    }

    @Override
    public void inputEnd() {
        if (flags.stdin() && flags.once() && !inputEnded) {
            inputEnded = true;
            input.end();
        }
    }

    @Override
    public void resize(int columns, int rows) {
        if (container.hasTerminal()) {
            try {
                sys.sockets().setWindowSize(container.stdin(), columns, rows);
            } catch (SyscallException e) {
                // The terminal is gone, and so is its size.
            }
        }
    }

    @Override
    public void abort() {
        gone = true;
    }
}
