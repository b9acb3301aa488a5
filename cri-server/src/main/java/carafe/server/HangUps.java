package carafe.server;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * SIGHUP, which asks a daemon to read its configuration again. From {@link #heed} on it does not
 * end the process any more. Signals that come while one is dealt with, or before, are one. Owns one
 * virtual thread once it deals with them.
 */
final class HangUps implements AutoCloseable {
    private final Semaphore pending = new Semaphore(0);
    private Thread thread = Thread.ofVirtual().unstarted(() -> {});

    private HangUps() {}

    /**
     * Remembers signals from now on. A process that was started to ignore them goes on doing so.
     */
    static HangUps heed() {
        HangUps hangUps = new HangUps();
        try {
            hangUps.register();
            return hangUps;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no module jdk.unsupported", e);
        }
    }

    /**
     * The JDK lets nobody hear a signal but through a class that javac warns of, and that warning
     * cannot be answered; hence by name.
     */
    private void register() throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object heeds =
                Proxy.newProxyInstance(
                        HangUps.class.getClassLoader(), new Class<?>[] {handler}, this::called);
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), heeds);
    }

    private @Nullable Object called(Object proxy, Method method, Object @Nullable [] arguments)
            throws ReflectiveOperationException {
        if (method.getName().equals("handle")) {
            pending.release();
            return null;
        }
        return method.invoke(pending, arguments); // hashCode and its like
    }

    /** Does this at each signal from now on, also for one that came before. */
    void each(Runnable action) {
        thread = Thread.ofVirtual().name("reload").start(() -> run(action));
    }

    private void run(Runnable action) {
        try {
            while (true) {
                pending.acquire();
                pending.drainPermits();
                action.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
