package carafe.shim.pump;

/**
 * Messages between control and pump, one per packet of a SOCK_SEQPACKET pair: a type byte, then
 * ints and longs in the machine's order. Both ends are the same program, so there are no versions.
 */
public final class PumpProtocol {
    /** Longest message. */
    public static final int MAX_BYTES = 16;

    /** To the pump: i32 ticket. Open the log anew; answered by {@link #REOPENED}. */
    public static final byte REOPEN = 1;

    /** To the pump: the next packet carries the terminal's master end. */
    public static final byte TERMINAL = 2;

    /**
     * To the pump: i32 milliseconds. Init has ended; read to the end, but no longer than that,
     * answer {@link #DRAINED} and exit.
     */
    public static final byte DRAIN = 3;

    /**
     * To the pump: i32 {@link AttachFlags}, with the descriptor of a client that has asked to take
     * part in the streams.
     */
    public static final byte ATTACH = 4;

    /** To control, first of all: i32 errno of opening the log, 0 = open. */
    public static final byte OPENED = 65;

    /** To control: i32 ticket, i32 errno. */
    public static final byte REOPENED = 66;

    /** To control, at most once a second: i64 bytes lost so far. */
    public static final byte LOST = 67;

    /** To control, the last one: i64 bytes lost. */
    public static final byte DRAINED = 68;

    /** To control: the container's standard input has ended for good. */
    public static final byte STDIN_ENDED = 69;

    private PumpProtocol() {}
}
