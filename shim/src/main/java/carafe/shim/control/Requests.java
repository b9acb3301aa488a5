package carafe.shim.control;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Message;
import carafe.shim.wire.MessageType;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;

/** Gives each request to whom it concerns. */
final class Requests {
    private final ProcessCalls processes;
    private final Container container;
    private final Execs execs;

    Requests(ProcessCalls processes, Container container, Execs execs) {
        this.processes = processes;
        this.container = container;
        this.execs = execs;
    }

    /** Monotonic. */
    long nowNanos() {
        return processes.nanos(ProcessCalls.CLOCK_MONOTONIC);
    }

    /**
     * Answers, or sees to it that the client is answered later.
     *
     * @param body the frame's body; freed when this returns
     */
    void handle(Client client, Buffer body, int length) {
        try {
            if (body.get(1) == MessageType.EXEC) {
                execs.start(client, body, length);
            } else {
                byte[] bytes = new byte[length];
                body.get(0, bytes, 0, length);
                handle(client, Codec.decode(bytes));
            }
        } catch (WireException e) {
            client.finish(Failures.of("request", Errno.EINVAL, String.valueOf(e.getMessage())));
        }
    }

    private void handle(Client client, Message message) throws WireException {
        if (!(message instanceof Request request)) {
            throw new WireException("a reply where a request must be");
        }
        switch (request) {
            case Request.State _ -> client.finish(container.state());
            case Request.Start _ -> container.start(client);
            case Request.Kill kill -> client.finish(container.kill(kill));
            case Request.ReopenLog _ -> container.parts().pump().reopen(client);
            case Request.Watch _ -> container.watch(client);
            case Request.Delete _ -> container.delete(client);
            case Request.Attach attach -> container.parts().pump().attach(client, attach);
            case Request.Exec _,
                    Request.OpenSocket _,
                    Request.OpenNetlink _,
                    Request.Stdin _,
                    Request.StdinEnd _,
                    Request.Resize _,
                    Request.Abort _ ->
                    throw new WireException("only an Exec may be followed by this");
        }
    }
}
