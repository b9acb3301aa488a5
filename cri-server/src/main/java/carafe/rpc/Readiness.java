package carafe.rpc;

import carafe.base.CarafeException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Whether calls are taken: not before recovery is done, and not while stopping. Thread-safe. */
public final class Readiness {
    private final Set<Registered> registered = ConcurrentHashMap.newKeySet();
    private volatile Phase phase = Phase.STARTING;

    private enum Phase {
        STARTING,
        OPEN,
        STOPPING
    }

    /** Something that ends when Carafe stops. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** Takes calls from now on. */
    public void open() {
        phase = Phase.OPEN;
    }

    /** Refuses new calls from now on, and ends streams that would never end by themselves. */
    public void stop() {
        phase = Phase.STOPPING;
        registered.forEach(each -> each.action().run());
    }

    /** Has an action run once when Carafe stops, unless it is closed before; at once if it does. */
    Registration whenStopping(Runnable action) {
        Registered fresh = new Registered(action, registered);
        registered.add(fresh);
        if (phase == Phase.STOPPING) {
            action.run();
        }
        return fresh;
    }

    /**
     * @throws CarafeException.Unavailable when calls are not taken now
     */
    void check() {
        if (phase != Phase.OPEN) {
            throw refusal();
        }
    }

    /** Why calls are not taken. */
    CarafeException.Unavailable refusal() {
        return new CarafeException.Unavailable(
                switch (phase) {
                    case OPEN, STOPPING ->
                            "Carafe is stopping; containers run on, try again when it is back";
                    case STARTING ->
                            "Carafe is starting and still looks for running pods; try again";
                });
    }

    /** By identity: two streams may register equal actions. */
    private static final class Registered implements Registration {
        private final Runnable action;
        private final Set<Registered> all;

        Registered(Runnable action, Set<Registered> all) {
            this.action = action;
            this.all = all;
        }

        Runnable action() {
            return action;
        }

        @Override
        public void close() {
            all.remove(this);
        }
    }
}
