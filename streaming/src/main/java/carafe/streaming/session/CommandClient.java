package carafe.streaming.session;

import carafe.streaming.api.ContainerStream;

/** The client of an exec or attach, whatever the transport. Called by one thread. */
public interface CommandClient {
    /** Sends output; waits while the client does not read. A client that is gone takes it all. */
    void output(ContainerStream.Source source, byte[] bytes) throws InterruptedException;

    /** Sends how it ended, and ends the conversation. */
    void finish(Outcome outcome) throws InterruptedException;
}
