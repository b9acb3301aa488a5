package carafe.runtime.state;

import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.SandboxMetadata;

/**
 * The names that must be unique on the node, as one text each. Parts are joined by a character that
 * no request may contain, so two different names never look the same.
 */
public final class Names {
    private static final String JOINT = "\u0000";

    private Names() {}

    public static String ofPod(SandboxMetadata pod) {
        return String.join(
                JOINT, pod.name(), pod.namespace(), pod.uid(), String.valueOf(pod.attempt()));
    }

    public static String ofContainer(String podId, ContainerMetadata container) {
        return String.join(JOINT, podId, container.name(), String.valueOf(container.attempt()));
    }

    /** For messages. */
    public static String readable(String name) {
        return name.replace(JOINT, "_");
    }
}
