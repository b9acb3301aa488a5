package carafe.shim.wire;

/** A frame that is not of this protocol, or a message that does not fit into one. */
public final class WireException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The message names the frame's type, the field and what is wrong with it. */
    public WireException(String message) {
        super(message);
    }
}
