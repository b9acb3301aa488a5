package carafe.server;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What happens when SIGTERM or SIGINT asks the process to end, as SIGHUP does unless it is heeded.
 * A signal in the middle of a start waits for its end, so that what was just made is known and can
 * be given back.
 */
final class Ending implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofMinutes(1);

    private final ReentrantLock starting = new ReentrantLock();
    private final Thread hook;

    /**
     * Has the work run at the first signal, then ends the process with code 0, or 1 when the work
     * failed. A second signal changes nothing.
     */
    Ending(Runnable work) {
        this.hook = Thread.ofPlatform().name("ending").unstarted(() -> end(work));
    }

    /** From now on signals are heeded. */
    void start() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** The process ends by itself; a signal that came before still has its way. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            awaitSignal(); // the hook runs, and ends the process
        }
    }

    /** Does something that a signal must not find half done. */
    <T> T whole(Supplier<T> start) {
        starting.lock();
        try {
            return start.get();
        } finally {
            starting.unlock();
        }
    }

    /** Blocks for ever; the process ends by a signal. */
    static int awaitSignal() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Main.OK;
    }

    private void end(Runnable work) {
        int code = Main.FAILED;
        try {
            boolean atRest = starting.tryLock(LONGEST_START.toSeconds(), TimeUnit.SECONDS);
            work.run();
            code = atRest ? Main.OK : Main.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            System.out.flush();
            System.err.flush();
            Runtime.getRuntime().halt(code); // else the JVM would end with 128 + signal
        }
    }
}
