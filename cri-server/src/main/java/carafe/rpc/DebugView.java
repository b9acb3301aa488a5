package carafe.rpc;

import carafe.base.CarafeException;
import java.util.Map;

/** What a person who looks for a fault asks the daemon. Thread-safe. */
public interface DebugView {
    /** Nothing to see. */
    DebugView NONE =
            new DebugView() {
                @Override
                public Map<String, ?> operations() {
                    return Map.of();
                }

                @Override
                public Map<String, ?> object(String id) {
                    throw new CarafeException.NotFound("no pod or container " + id);
                }

                @Override
                public String stacks() {
                    return "";
                }

                @Override
                public void logLevel(String level) {}
            };

    /** Calls and changes under way, the oldest first, as a tree for JSON. */
    Map<String, ?> operations();

    /**
     * One pod or container and its shim, as records and reality have it, as a tree for JSON.
     *
     * @param id or a unique prefix
     * @throws CarafeException.NotFound without such a pod or container
     */
    Map<String, ?> object(String id);

    /** What every thread does, virtual ones too. */
    String stacks();

    /**
     * Sets how much Carafe says until it is set again.
     *
     * @throws CarafeException.Invalid when there is no such level
     */
    void logLevel(String level);
}
