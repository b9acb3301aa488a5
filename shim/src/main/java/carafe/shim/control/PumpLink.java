package carafe.shim.control;

import carafe.shim.pump.AttachFlags;
import carafe.shim.pump.PumpProtocol;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.util.ArrayList;
import java.util.List;

/** Control's end of the conversation with the pump; see {@link PumpProtocol}. Never waits. */
final class PumpLink implements Party {
    private static final int FLAGS = SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_NOSIGNAL;

    private static final int MAX_RESTARTS = 5;

    /** How opening the log went, as long as that is not known. */
    private static final int UNKNOWN = -1;

    private final Syscalls sys;
    private final PumpLauncher launcher;
    private final Buffer message;
    private final List<Client> reopening = new ArrayList<>();
    private int pid;
    private boolean running;
    private int fd = -1;
    private int terminal = -1;
    private int polled = PollSet.ABSENT;
    private int openErrno = UNKNOWN;
    private long lostBytes;
    private long lostBefore;
    private int restarts;
    private boolean draining;
    private boolean ended;

    private PumpLink(Syscalls sys, PumpLauncher launcher) {
        this.sys = sys;
        this.launcher = launcher;
        this.message = sys.memory().allocate(PumpProtocol.MAX_BYTES);
    }

    /** Starts the pump. */
    static PumpLink start(Syscalls sys, PumpLauncher launcher) throws SyscallException {
        PumpLink link = new PumpLink(sys, launcher);
        link.launch();
        return link;
    }

    private void launch() throws SyscallException {
        long pair = sys.sockets().pair(SocketCalls.SOCK_SEQPACKET | SocketCalls.SOCK_NONBLOCK);
        int theirs = (int) (pair >>> 32);
        try {
            pid = launcher.launch(theirs);
            running = true;
            fd = (int) pair;
        } finally {
            sys.files().close(theirs);
        }
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

    /** Gives the client to the pump, which answers it from here on. */
    void attach(Client client, Request.Attach attach) {
        boolean once = launcher.takesInputOnce();
        AttachFlags flags = new AttachFlags(attach.stdin(), attach.stdout(), attach.stderr(), once);
        message.put(0, PumpProtocol.ATTACH);
        message.putInt(1, flags.bits());
        if (fd >= 0 && sys.sockets().sendWithDescriptor(fd, message, 5, client.fd()) == 5) {
            client.close();
        } else {
            client.finish(Failures.of("attach", Errno.EPIPE, "the container's streams have ended"));
        }
    }

    /** Hands over the terminal's master end; the descriptor is owned from here on. */
    void terminal(int master) throws SyscallException {
        terminal = master;
        sendTerminal();
    }

    private void sendTerminal() throws SyscallException {
        message.put(0, PumpProtocol.TERMINAL);
        if (terminal >= 0 && send(1)) {
            sys.sockets().sendDescriptor(fd, terminal);
        }
    }

    /** Has it read to the end of the streams, but no longer than this. */
    void drain(int limitMillis) {
        draining = true;
        message.put(0, PumpProtocol.DRAIN);
        message.putInt(1, limitMillis);
        if (!send(5)) {
            end();
        }
    }

    /** Ends a pump that is no longer wanted; no other takes its place. */
    void kill() {
        draining = true;
        if (!ended) {
            killProcess();
            end();
        }
    }

    private void killProcess() {
        if (!running) {
            return;
        }
        try {
            sys.processes().signalChild(pid, ProcessCalls.SIGKILL);
        } catch (SyscallException e) {
            // Not yet reaped, so it is there, and ends with its streams at the latest.
        }
    }

    /** Takes note of an ended child; whether it was the pump. */
    boolean reaped(int childPid) {
        if (childPid != pid) {
            return false;
        }
        running = false;
        while (fd >= 0 && receive()) {
            // Its last words are still in the socket.
        }
        boolean wanted = !ended && !draining && openErrno == 0 && restarts < MAX_RESTARTS;
        if (!wanted || !restart()) {
            end();
        }
        return true;
    }

    private boolean restart() {
        restarts++;
        lostBefore = lostBytes;
        closeSocket();
        refuseReopening();
        try {
            launch();
            sendTerminal();
            return true;
        } catch (SyscallException e) {
            return false;
        }
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
            // It has ended or cannot be talked to any more; what follows is decided when it is
            // reaped.
            closeSocket();
            killProcess();
            return false;
        }
        handle(message.get(0));
        return fd >= 0;
    }

    private void handle(byte type) {
        switch (type) {
            case PumpProtocol.OPENED -> openErrno = message.getInt(1);
            case PumpProtocol.REOPENED -> reopened(message.getInt(1), message.getInt(5));
            case PumpProtocol.LOST -> lostBytes = lostBefore + message.getLong(1);
            case PumpProtocol.STDIN_ENDED -> launcher.endInput();
            case PumpProtocol.DRAINED -> {
                lostBytes = lostBefore + message.getLong(1);
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
        if (ended) {
            return;
        }
        ended = true;
        refuseReopening();
        if (openErrno == UNKNOWN) {
            openErrno = Errno.EPIPE;
        }
        closeSocket();
        sys.files().close(terminal);
        terminal = -1;
        launcher.close();
    }

    private void refuseReopening() {
        for (Client client : reopening) {
            client.finish(Failures.of("log.reopen", Errno.EPIPE, "the log's writer has ended"));
        }
        reopening.clear();
    }

    private void closeSocket() {
        sys.files().close(fd);
        fd = -1;
    }

    private boolean send(int length) {
        return fd >= 0 && sys.sockets().send(fd, message, 0, length, FLAGS) == length;
    }
}
