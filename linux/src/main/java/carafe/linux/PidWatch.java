package carafe.linux;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells when processes end that need not be children of ours: one pidfd each and one thread for
 * all. Thread-safe.
 */
public final class PidWatch {
    private final ReadinessLoop loop;
    private final Processes processes;

    /**
     * @param loop started and closed by its owner
     */
    public PidWatch(ReadinessLoop loop, Processes processes) {
        this.loop = loop;
        this.processes = processes;
    }

    /** A watched process; closing it ends the watch. Idempotent. */
    @FunctionalInterface
    public interface Watched extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Calls back once when the process has ended (its zombie may still wait to be reaped), on a
     * virtual thread of its own; at once when it has ended already.
     *
     * @throws SyscallException EMFILE and the like: nothing is watched
     */
    public Watched onExit(PidIdentity process, Runnable callback) throws SyscallException {
        Optional<Pidfd> opened = Pidfd.open(process, processes);
        if (opened.isEmpty()) {
            AtomicBoolean cancelled = new AtomicBoolean();
            Thread.ofVirtual()
                    .name("exited-" + process.pid())
                    .start(() -> {
                        if (!cancelled.get()) {
                            callback.run();
                        }
                    });
            return () -> cancelled.set(true);
        }
        Pidfd pidfd = opened.get();
        try {
            ReadinessLoop.Registration registration =
                    loop.onReadable(
                            pidfd.fd(),
                            () -> {
                                pidfd.close();
                                callback.run();
                            });
            return () -> {
                registration.close();
                pidfd.close();
            };
        } catch (SyscallException e) {
            pidfd.close();
            throw e;
        }
    }
}
