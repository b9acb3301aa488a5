package carafe.shim.pump;

import carafe.shim.log.LineBatch;
import carafe.shim.log.LineFramer;
import carafe.shim.record.OwnLog;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.WaitCalls;
import carafe.shim.wire.Frames;
import org.jspecify.annotations.Nullable;

/**
 * Reads the container's streams and writes them to its log, and to whoever is attached, until they
 * end. Outlives control: when that is gone, it goes on until the streams end. Sleeps in poll when
 * there is nothing to do. Allocates at its start only.
 */
public final class Pump {
    private static final int READ_BYTES = 64 << 10;

    /** Reads up to this size touch a page or two of the buffers. */
    private static final int SMALL_READ = 2 << 10;

    /** How long no output comes before the pages of a burst are given back. */
    private static final int QUIET_MILLIS = 1000;

    /** How long clients may take for what is left when the streams have ended. */
    private static final int FAREWELL_MILLIS = 2000;

    /** Control, two streams; each client with its socket and perhaps the container's input. */
    private static final int ENTRIES = 3 + 2 * AttachClients.PLACES;

    private final Syscalls sys;
    private final LogFile log;
    private final LogCounts counts;
    private final LossReport losses = new LossReport();
    private final OwnLog ownLog;
    private final Source stdout;
    private final Source stderr;
    private final Buffer in;
    private final LineBatch batch;
    private final PumpPolls polls;
    private final ContainerInput input;
    private final AttachClients clients;
    private final Buffer message;
    private int control;
    private boolean pagesUsed;
    private boolean terminalComes;
    private int polledControl;
    private int polledStdout;
    private int polledStderr;
    private boolean draining;
    private long drainDeadlineNanos;

    /**
     * @param io descriptors, owned from here on
     * @param target null = output is dropped
     * @param longestText most bytes of text in one log line
     * @param counts file for what the log has taken
     */
    public Pump(
            Syscalls sys, PumpIo io, @Nullable LogTarget target, int longestText, String counts) {
        this.sys = sys;
        this.control = io.control();
        this.ownLog = new OwnLog(sys.files(), "pump");
        this.log = new LogFile(sys.files(), sys.memory(), target);
        this.counts = new LogCounts(sys, counts);
        this.stdout = source(LineFramer.Stream.STDOUT, longestText, io.stdout());
        this.stderr = source(LineFramer.Stream.STDERR, longestText, io.stderr());
        this.in = sys.memory().allocate(Frames.OUTPUT_BYTES_OFFSET + READ_BYTES);
        this.batch = new LineBatch(sys.memory(), longestText);
        this.polls = new PumpPolls(sys, ENTRIES);
        this.input = new ContainerInput(sys, io.stdin(), this::tellInputEnded);
        this.clients = new AttachClients(sys, input, in);
        this.message = sys.memory().allocate(PumpProtocol.MAX_BYTES);
    }

    private Source source(LineFramer.Stream stream, int longestText, int fd) {
        return new Source(sys.files(), new LineFramer(sys.memory(), stream, longestText), fd);
    }

    /** Runs until the streams have ended and control has no more use for it; the exit code. */
    public int run() {
        if (!openLog()) {
            return 1;
        }
        while (!isDone()) {
            int events = poll();
            if (events > 0) {
                handleControl();
                pump(polledStdout, AttachFlags.STDOUT, stdout);
                pump(polledStderr, AttachFlags.STDERR, stderr);
            } else if (events == 0) {
                quiet();
            }
            clients.serve(polls);
            reportLoss();
        }
        finish();
        return 0;
    }

    private boolean openLog() {
        int errno = tryOpen();
        message.put(0, PumpProtocol.OPENED);
        message.putInt(1, errno);
        // Without this message control would wait; the end of the pump says enough.
        return send(5) && errno == 0;
    }

    private int tryOpen() {
        try {
            log.open();
            return 0;
        } catch (SyscallException e) {
            ownLog.say("log: " + e.getMessage());
            return e.errno();
        }
    }

    private boolean isDone() {
        boolean streamsEnded = !stdout.isOpen() && !stderr.isOpen();
        if (draining) {
            return streamsEnded || monotonicNanos() >= drainDeadlineNanos;
        }
        return streamsEnded && control < 0;
    }

    private int poll() {
        polls.clear();
        polledControl = polls.add(control, WaitCalls.POLLIN);
        polledStdout = polls.add(stdout.fd(), WaitCalls.POLLIN);
        polledStderr = polls.add(stderr.fd(), WaitCalls.POLLIN);
        clients.join(polls);
        return polls.await(timeoutMillis());
    }

    private long timeoutMillis() {
        long deadline = clients.deadlineNanos();
        if (draining) {
            deadline = Math.min(deadline, drainDeadlineNanos);
        }
        boolean rests = !counts.isBehind() && !(pagesUsed && clients.isEmpty());
        long quiet = rests ? -1 : QUIET_MILLIS;
        return deadline == Long.MAX_VALUE ? quiet : millisUntil(deadline);
    }

    private long millisUntil(long deadlineNanos) {
        return Math.max(0, (deadlineNanos - monotonicNanos()) / 1_000_000L + 1);
    }

    /** After a burst the buffers' pages would otherwise be held for good. */
    private void quiet() {
        counts.write();
        if (clients.isEmpty()) {
            pagesUsed = false;
            in.discard();
            batch.discard();
        }
    }

    private void pump(int polled, int stream, Source source) {
        // The control message handled just before may have opened or closed it.
        if (source.isOpen() && polls.events(polled) != 0) {
            long now = sys.processes().nanos(ProcessCalls.CLOCK_REALTIME);
            int bytes = source.pump(in, batch, log, now);
            if (bytes > 0) {
                clients.output(stream, in, bytes);
            } else if (!source.isOpen()) {
                input.terminal(-1);
            }
            pagesUsed |= bytes > SMALL_READ;
            counts.count(stdout, stderr, log, now);
        }
    }

    private void handleControl() {
        if (control < 0 || polls.events(polledControl) == 0) {
            return;
        }
        if (terminalComes) {
            takeTerminal();
            return;
        }
        long packet = sys.sockets().receiveWithDescriptor(control, message, PumpProtocol.MAX_BYTES);
        int n = (int) packet;
        if (n > 0) {
            handle(message.get(0), (int) (packet >> 32));
        } else if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
            sys.files().close(control);
            control = -1;
        }
    }

    /**
     * @param fd came with the message, -1 = none
     */
    private void handle(byte type, int fd) {
        switch (type) {
            case PumpProtocol.ATTACH -> clients.add(fd, AttachFlags.of(message.getInt(1)));
            case PumpProtocol.REOPEN -> reopen(message.getInt(1));
            case PumpProtocol.TERMINAL -> terminalComes = true;
            case PumpProtocol.DRAIN -> {
                draining = true;
                drainDeadlineNanos = monotonicNanos() + message.getInt(1) * 1_000_000L;
            }
            default -> ownLog.say("unknown message " + type);
        }
    }

    private void takeTerminal() {
        int fd = sys.sockets().receiveDescriptor(control);
        if (fd == -Errno.EAGAIN || fd == -Errno.EINTR) {
            return;
        }
        terminalComes = false;
        if (fd < 0) {
            ownLog.say("terminal: " + Errno.text(-fd));
            return;
        }
        try {
            sys.files().setStatusFlags(fd, FileCalls.O_RDWR | FileCalls.O_NONBLOCK);
        } catch (SyscallException e) {
            ownLog.say("terminal: " + e.getMessage());
        }
        stdout.open(fd);
        input.terminal(fd);
    }

    private void reopen(int ticket) {
        int errno = tryOpen();
        message.put(0, PumpProtocol.REOPENED);
        message.putInt(1, ticket);
        message.putInt(5, errno);
        send(9);
    }

    private void reportLoss() {
        long lost = log.lostBytes();
        if (!losses.isNews(lost) || !losses.isDue(monotonicNanos())) {
            return;
        }
        if (losses.isFirst()) {
            ownLog.say("log lines are lost: " + Errno.text(log.lastErrno()));
        }
        losses.told(lost, monotonicNanos());
        message.put(0, PumpProtocol.LOST);
        message.putLong(1, lost);
        send(9);
    }

    private void finish() {
        long now = sys.processes().nanos(ProcessCalls.CLOCK_REALTIME);
        stdout.close(batch, log, now);
        stderr.close(batch, log, now);
        log.close();
        counts.close(stdout, stderr, log);
        clients.end();
        message.put(0, PumpProtocol.DRAINED);
        message.putLong(1, log.lostBytes());
        send(9);
        farewell();
    }

    /** Control goes on meanwhile: nobody but the clients waits for this. */
    private void farewell() {
        long end = monotonicNanos() + FAREWELL_MILLIS * 1_000_000L;
        while (!clients.isEmpty() && monotonicNanos() < end) {
            polls.clear();
            clients.join(polls);
            polls.await(millisUntil(end));
            clients.serve(polls);
            clients.dropIdle();
        }
    }

    private void tellInputEnded() {
        message.put(0, PumpProtocol.STDIN_ENDED);
        send(1);
    }

    /** Control reads at once or is gone; a full socket loses a message rather than time. */
    private boolean send(int length) {
        int flags = SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_NOSIGNAL;
        return control >= 0 && sys.sockets().send(control, message, 0, length, flags) == length;
    }

    private long monotonicNanos() {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
    }
}
