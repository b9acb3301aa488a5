package carafe.shim.wire;

/** The numbers of the messages on the wire. A number is never given a second meaning. */
public final class MessageType {
    public static final int STATE_REQUEST = 1;
    public static final int START = 2;
    public static final int KILL = 3;
    public static final int REOPEN_LOG = 4;
    public static final int WATCH = 5;
    public static final int DELETE = 6;
    public static final int EXEC = 7;
    public static final int STDIN = 8;
    public static final int STDIN_END = 9;
    public static final int RESIZE = 10;
    public static final int ABORT = 11;
    public static final int ATTACH = 12;
    public static final int OPEN_SOCKET = 13;
    public static final int OPEN_NETLINK = 14;

    public static final int CREATED = 65;
    public static final int POD_READY = 66;
    public static final int DONE = 67;
    public static final int FAILED = 68;
    public static final int STATE = 69;
    public static final int EXITED = 70;
    public static final int EXEC_STARTED = 71;
    public static final int OUTPUT = 72;
    public static final int EXEC_EXITED = 73;
    public static final int ATTACHED = 74;
    public static final int ATTACH_ENDED = 75;
    public static final int SOCKET_READY = 76;

    private MessageType() {}
}
