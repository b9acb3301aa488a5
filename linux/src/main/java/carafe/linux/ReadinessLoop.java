package carafe.linux;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One platform thread in epoll_wait for any number of descriptors, so that no other thread has to
 * block for one. Each registration calls back once, on a virtual thread of its own. Thread-safe.
 */
public final class ReadinessLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReadinessLoop.class);

    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLLIN = 1;
    private static final int EPOLLONESHOT = 1 << 30;

    /** struct epoll_event is packed on x86-64 only. */
    private static final int EVENT_BYTES = "amd64".equals(System.getProperty("os.arch")) ? 12 : 16;

    private static final int DATA_OFFSET = EVENT_BYTES - Long.BYTES;
    private static final int MAX_EVENTS = 64;
    private static final long WAKE_TOKEN = 0;

    private final Fd epoll;
    private final Fd wake;
    private final ConcurrentHashMap<Long, Registration> registrations = new ConcurrentHashMap<>();
    private final AtomicLong nextToken = new AtomicLong(WAKE_TOKEN + 1);
    private volatile boolean closed;
    private @Nullable Thread thread;

    private ReadinessLoop(Fd epoll, Fd wake) {
        this.epoll = epoll;
        this.wake = wake;
    }

    /** Opens the loop; {@link #start()} makes it call. */
    public static ReadinessLoop open() throws SyscallException {
        Fd epoll =
                new Fd(
                        (int)
                                NativeCall.run(
                                        "epoll_create1",
                                        "",
                                        () -> LibC.epoll_create1(Fd.O_CLOEXEC)));
        try {
            Fd wake =
                    new Fd(
                            (int)
                                    NativeCall.run(
                                            "eventfd", "", () -> LibC.eventfd(0, Fd.O_CLOEXEC)));
            ReadinessLoop loop = new ReadinessLoop(epoll, wake);
            loop.control(EPOLL_CTL_ADD, wake, event(EPOLLIN, WAKE_TOKEN));
            return loop;
        } catch (SyscallException e) {
            epoll.close();
            throw e;
        }
    }

    /** Starts the thread; once. */
    public synchronized void start() {
        if (thread != null) {
            throw new IllegalStateException("started already");
        }
        thread = Thread.ofPlatform().daemon().name("readiness").start(this::run);
    }

    /** A descriptor that is waited for. */
    public final class Registration implements AutoCloseable {
        private final long token;
        private final Fd fd;
        private final Runnable callback;

        private Registration(long token, Fd fd, Runnable callback) {
            this.token = token;
            this.fd = fd;
            this.callback = callback;
        }

        /** Ends the waiting: the callback does not start any more, unless it has already. */
        @Override
        public void close() {
            if (registrations.remove(token) != null) {
                forget(this);
            }
        }
    }

    /**
     * Calls back once when the descriptor is readable or at its end. The descriptor stays the
     * caller's and stays open until the callback was called or the registration closed.
     *
     * @throws SyscallException ENOSPC, ENOMEM: the kernel's limit of watches is reached
     */
    public Registration onReadable(Fd fd, Runnable callback) throws SyscallException {
        Registration registration = new Registration(nextToken.getAndIncrement(), fd, callback);
        registrations.put(registration.token, registration);
        try {
            control(EPOLL_CTL_ADD, fd, event(EPOLLIN | EPOLLONESHOT, registration.token));
            return registration;
        } catch (SyscallException e) {
            registrations.remove(registration.token);
            throw e;
        }
    }

    /** How many descriptors are waited for, for leak checks and metrics. */
    public int size() {
        return registrations.size();
    }

    private void run() {
        try (Memory events = new Memory((long) EVENT_BYTES * MAX_EVENTS)) {
            while (!closed) {
                int count =
                        (int)
                                NativeCall.run(
                                        "epoll_wait",
                                        "",
                                        () ->
                                                LibC.epoll_wait(
                                                        epoll.number(), events, MAX_EVENTS, -1));
                for (int i = 0; i < count; i++) {
                    fire(events.getLong((long) i * EVENT_BYTES + DATA_OFFSET));
                }
            }
        } catch (SyscallException e) {
            LOG.atError().setCause(e).log("Waiting for descriptors failed, exits go unnoticed");
        } finally {
            epoll.close();
            wake.close();
        }
    }

    private void fire(long token) {
        Registration registration = registrations.remove(token);
        if (registration != null) {
            forget(registration);
            Thread.ofVirtual().name("readable-" + token).start(registration.callback);
        }
    }

    private void forget(Registration registration) {
        try {
            control(EPOLL_CTL_DEL, registration.fd, event(0, 0));
        } catch (SyscallException | IllegalStateException e) {
            LOG.atDebug().setCause(e).log("A watched descriptor was closed before its watch");
        }
    }

    private void control(int operation, Fd fd, byte[] event) throws SyscallException {
        NativeCall.run(
                "epoll_ctl",
                "descriptor " + fd.number(),
                () -> LibC.epoll_ctl(epoll.number(), operation, fd.number(), event));
    }

    private static byte[] event(int events, long token) {
        ByteBuffer event = ByteBuffer.allocate(EVENT_BYTES).order(ByteOrder.nativeOrder());
        return event.putInt(0, events).putLong(DATA_OFFSET, token).array();
    }

    /** Ends the thread; what is still waited for is not called back any more. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        registrations.clear();
        Thread running = thread;
        if (running == null) {
            epoll.close();
            wake.close();
            return;
        }
        try {
            wake.write(
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.nativeOrder())
                            .putLong(0, 1)
                            .array());
            running.join(CLOSE_MILLIS);
        } catch (SyscallException e) {
            LOG.atWarn().setCause(e).log("The readiness thread could not be woken");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final long CLOSE_MILLIS = 5_000;
}
