package carafe.shim.child;

/**
 * What becomes descriptors 0, 1 and 2. With a terminal the child opens one in the container's
 * devpts, uses it for all three, and sends its master end over {@code terminalSocket} before it
 * reports Born; the other descriptors are then ignored.
 *
 * @param stdin readable descriptor, -1 = /dev/null of the host
 * @param stdout writable descriptor, -1 = /dev/null of the host
 * @param stderr writable descriptor, -1 = /dev/null of the host
 * @param terminalSocket unix socket, -1 = no terminal
 */
public record ChildIo(int stdin, int stdout, int stderr, int terminalSocket) {
    public boolean hasTerminal() {
        return terminalSocket >= 0;
    }
}
