package carafe.runtime.api;

/**
 * A port of the host that leads into a pod.
 *
 * @param hostPort 0 = none
 * @param hostIp empty = every address
 */
public record PortMapping(Protocol protocol, int containerPort, int hostPort, String hostIp) {
    /** Transport protocol. */
    public enum Protocol {
        TCP,
        UDP,
        SCTP
    }
}
