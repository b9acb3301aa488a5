package carafe.streaming.session;

/** The versions of the remote command protocol, in ascending order. */
public enum CommandProtocol {
    V1("channel.k8s.io"),
    V2("v2.channel.k8s.io"),
    V3("v3.channel.k8s.io"),
    V4("v4.channel.k8s.io"),
    V5("v5.channel.k8s.io");

    private final String id;

    CommandProtocol(String id) {
        this.id = id;
    }

    /** The name that client and server negotiate. */
    public String id() {
        return id;
    }

    /** Whether a client may change the size of its terminal. */
    public boolean resizes() {
        return compareTo(V3) >= 0;
    }

    /** What is sent on the error stream; empty = nothing. */
    public byte[] status(Outcome outcome) {
        return compareTo(V4) >= 0 ? outcome.statusJson() : outcome.plainText();
    }
}
