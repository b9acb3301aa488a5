package carafe.network.bridge;

import carafe.base.BlockingCalls;
import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Requests to the kernel, on platform threads and a bounded number at a time: they wait for the
 * kernel's one lock of all networks. Thread-safe.
 */
final class KernelTurns {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** More at once only wait for the kernel's lock. */
    private static final int AT_ONCE = 16;

    private final BlockingCalls blocking = new BlockingCalls();
    private final Semaphore slots = new Semaphore(AT_ONCE);

    /** Requests that make one change. */
    @FunctionalInterface
    interface Work {
        void run() throws SyscallException;
    }

    /** Requests that have a result. */
    @FunctionalInterface
    interface Question<T> {
        T ask() throws SyscallException;
    }

    /**
     * Has the work done.
     *
     * @param doing what it is, with the pod, for messages; two at once with the same words are one
     * @throws CarafeException.Unavailable when the kernel refuses or does not answer
     */
    void run(String doing, Work work) {
        String _ =
                call(
                        doing,
                        () -> {
                            work.run();
                            return doing;
                        });
    }

    /** The same for work that has a result; it may throw a {@link CarafeException}. */
    <T> T call(String doing, Question<T> work) {
        slots.acquireUninterruptibly();
        try {
            return blocking.call(doing, work::ask, DEADLINE);
        } catch (SyscallException e) {
            throw new CarafeException.Unavailable(doing + ": " + e.getMessage(), e);
        } catch (CarafeException e) {
            throw e;
        } catch (Exception e) {
            throw new CarafeException.Internal(doing + ": " + e, e);
        } finally {
            slots.release();
        }
    }
}
