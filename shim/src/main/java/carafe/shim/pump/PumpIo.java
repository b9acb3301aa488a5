package carafe.shim.pump;

/**
 * What the pump reads from.
 *
 * @param control SOCK_SEQPACKET to control, see {@link PumpProtocol}
 * @param stdout non-blocking read end, -1 when a terminal will come
 * @param stderr non-blocking read end, -1 when there is a terminal
 * @param stdin write end of the container's standard input, -1 = none
 */
public record PumpIo(int control, int stdout, int stderr, int stdin) {}
