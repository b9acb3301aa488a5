package carafe.runtime.port;

import carafe.runtime.api.DnsConfig;
import carafe.runtime.api.PortMapping;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.api.SandboxMetadata;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives pods their interfaces and takes them back. */
public interface PodNetwork {
    /**
     * Says that the pod's namespace is there and that it will be attached. {@link #detach} takes it
     * back.
     *
     * @param netlink descriptor of a netlink socket in that namespace, this network's own from here
     *     on; empty = none was handed over
     */
    void prepare(Request request, OptionalInt netlink);

    /** Whether the pod's cgroup must be there when it is attached: a plugin is told its path. */
    boolean wantsCgroup();

    /** Attaches a pod; what it began is undone when it throws. */
    Attachment attach(Request request);

    /** Detaches a pod, also when its namespace has vanished. Success when it never was attached. */
    void detach(Request request);

    /**
     * Takes over what an earlier daemon left, before anything else is asked; what belongs to no pod
     * is given back.
     *
     * @param pods all there are, also those that are only half made
     */
    void recover(List<Known> pods);

    /**
     * The range that pods should have their addresses of from now on.
     *
     * @param podCidr one range, or one per family separated by a comma; empty = no announcement
     * @throws carafe.base.CarafeException.Invalid when it is none
     */
    void announce(String podCidr);

    /** Ids of the pods that have anything of this network. */
    Set<String> attached();

    /** Condition NetworkReady. */
    RuntimeCondition readiness();

    /**
     * A pod that wants a network.
     *
     * @param netns path of its namespace; empty when it has vanished (only to detach)
     * @param dns as asked for; null = the node's, and where a pod is not attached anew
     * @param cgroup path of the pod's; empty = unknown
     */
    record Request(
            String podId,
            SandboxMetadata metadata,
            String netns,
            List<PortMapping> portMappings,
            Map<String, String> annotations,
            @Nullable DnsConfig dns,
            String cgroup) {
        public Request {
            portMappings = List.copyOf(portMappings);
            annotations = Map.copyOf(annotations);
        }
    }

    /**
     * A pod of an earlier daemon.
     *
     * @param request with an empty netns when the pod does not live any more
     * @param addresses it has
     */
    record Known(Request request, List<String> addresses) {
        public Known {
            addresses = List.copyOf(addresses);
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
