package carafe.network.cni;

import java.util.List;

/**
 * What ADD gave a pod.
 *
 * @param addresses the pod's addresses without prefix length, in the plugin's order
 * @param raw the last plugin's result as JSON, kept for DEL
 */
public record Attachment(List<String> addresses, String raw) {
    public Attachment {
        addresses = List.copyOf(addresses);
    }
}
