package carafe.shim.control;

import carafe.shim.pump.PumpProtocol;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;
import java.util.ArrayList;
import java.util.List;

/** Control's end of the conversation with the pump; see {@link PumpProtocol}. Never waits. */
final class PumpLink implements Party {
    private static final int FLAGS = SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_NOSIGNAL;

    /** How opening the log went, as long as that is not known. */
    private static final int UNKNOWN = -1;

    private final Syscalls sys;
    private final Buffer message;
    private final List<Client> reopening = new ArrayList<>();
    private final int pid;
    private int fd;
    private int polled = PollSet.ABSENT;
    private int openErrno = UNKNOWN;
    private long lostBytes;
    private boolean ended;

    /**
     * @param fd SOCK_SEQPACKET to the pump, owned from here on
     */
    PumpLink(Syscalls sys, int fd, int pid) {
        this.sys = sys;
        this.fd = fd;
        this.pid = pid;
        this.message = sys.memory().allocate(PumpProtocol.MAX_BYTES);
    }

    /** Whether the log could be opened or not, in contrast to not known yet. */
    boolean hasTriedToOpen() {
        return openErrno != UNKNOWN;
    }

    /** Error of opening the log, 0 = none. */
    int openErrno() {
        return openErrno;
    }

    long lostBytes() {
        return lostBytes;
    }

    /** Whether it has written all it will ever write. */
    boolean hasEnded() {
        return ended;
    }

    /** Has the log opened anew and answers the client when that is done. */
    void reopen(Client client) {
        message.put(0, PumpProtocol.REOPEN);
        message.putInt(1, client.ticket());
        if (send(5)) {
            reopening.add(client);
        } else {
            client.finish(Failures.of("log.reopen", Errno.EPIPE, "the log has ended"));
        }
    }

    /** Hands over the terminal's master end; the descriptor stays the caller's. */
    void terminal(int master) throws SyscallException {
        message.put(0, PumpProtocol.TERMINAL);
        if (send(1)) {
            sys.sockets().sendDescriptor(fd, master);
        }
    }

    /** Has it read to the end of the streams, but no longer than this. */
    void drain(int limitMillis) {
        message.put(0, PumpProtocol.DRAIN);
        message.putInt(1, limitMillis);
        if (!send(5)) {
            end();
        }
    }

    /** Ends a pump that is no longer wanted. */
    void kill() {
        if (!ended) {
            try {
                sys.processes().signalChild(pid, ProcessCalls.SIGKILL);
            } catch (SyscallException e) {
                ended = true;
            }
        }
    }

    /** Takes note of an ended child; whether it was the pump. */
    boolean reaped(int childPid) {
        if (childPid != pid) {
            return false;
        }
        while (fd >= 0 && receive()) {
            // Its last words are still in the socket.
        }
        end();
        return true;
    }

    @Override
    public void join(PollSet polls) {
        polled = polls.add(fd, PollSet.IN);
    }

    @Override
    public void serve(PollSet polls) {
        if (polls.events(polled) != 0 && fd >= 0) {
            receive();
        }
        polled = PollSet.ABSENT;
    }

    @Override
    public long deadlineNanos() {
        return NEVER;
    }

    /** Whether there may be more. */
    private boolean receive() {
        int n =
                sys.sockets()
                        .receive(fd, message, 0, PumpProtocol.MAX_BYTES, SocketCalls.MSG_DONTWAIT);
        if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
            return false;
        }
        if (n <= 0) {
            end();
            return false;
        }
        handle(message.get(0));
        return fd >= 0;
    }

    private void handle(byte type) {
        switch (type) {
            case PumpProtocol.OPENED -> openErrno = message.getInt(1);
            case PumpProtocol.REOPENED -> reopened(message.getInt(1), message.getInt(5));
            case PumpProtocol.LOST -> lostBytes = message.getLong(1);
            case PumpProtocol.DRAINED -> {
                lostBytes = message.getLong(1);
                end();
            }
            default -> end();
        }
    }

    private void reopened(int ticket, int errno) {
        for (Client client : reopening) {
            if (client.ticket() == ticket) {
                client.finish(
                        errno == 0
                                ? new Reply.Done()
                                : Failures.of("log.reopen", errno, Errno.text(errno)));
            }
        }
        reopening.removeIf(client -> !client.isOpen());
    }

    private void end() {
        ended = true;
        for (Client client : reopening) {
            client.finish(Failures.of("log.reopen", Errno.EPIPE, "the log has ended"));
        }
        reopening.clear();
        if (openErrno == UNKNOWN) {
            openErrno = Errno.EPIPE;
        }
        sys.files().close(fd);
        fd = -1;
    }

    private boolean send(int length) {
        return fd >= 0 && sys.sockets().send(fd, message, 0, length, FLAGS) == length;
    }
}
