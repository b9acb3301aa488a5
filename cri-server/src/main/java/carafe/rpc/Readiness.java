package carafe.rpc;

import carafe.base.CarafeException;

/** Whether calls are taken: not before recovery is done, and not while stopping. Thread-safe. */
public final class Readiness {
    private volatile Phase phase = Phase.STARTING;

    private enum Phase {
        STARTING,
        OPEN,
        STOPPING
    }

    /** Takes calls from now on. */
    public void open() {
        phase = Phase.OPEN;
    }

    /** Refuses new calls from now on. */
    public void stop() {
        phase = Phase.STOPPING;
    }

    /**
     * @throws CarafeException.Unavailable when calls are not taken now
     */
    void check() {
        switch (phase) {
            case OPEN -> {}
            case STARTING ->
                    throw new CarafeException.Unavailable(
                            "Carafe is starting and still looks for running pods; try again");
            case STOPPING ->
                    throw new CarafeException.Unavailable(
                            "Carafe is stopping; containers run on, try again when it is back");
        }
    }
}
