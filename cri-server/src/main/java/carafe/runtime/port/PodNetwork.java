package carafe.runtime.port;

import carafe.runtime.api.PortMapping;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.api.SandboxMetadata;
import java.util.List;
import java.util.Map;

/** Gives pods their interfaces and takes them back. */
public interface PodNetwork {
    /** Attaches a pod; what it began is undone when it throws. */
    Attachment attach(Request request);

    /** Detaches a pod, also when its namespace has vanished. Success when it never was attached. */
    void detach(Request request);

    /** Condition NetworkReady. */
    RuntimeCondition readiness();

    /**
     * A pod that wants a network.
     *
     * @param netns path of its namespace; empty when it has vanished (only to detach)
     */
    record Request(
            String podId,
            SandboxMetadata metadata,
            String netns,
            List<PortMapping> portMappings,
            Map<String, String> annotations) {
        public Request {
            portMappings = List.copyOf(portMappings);
            annotations = Map.copyOf(annotations);
        }
    }

    /**
     * @param addresses the pod's addresses without prefix length, primary one first
     */
    record Attachment(List<String> addresses) {
        public Attachment {
            addresses = List.copyOf(addresses);
        }
    }
}
