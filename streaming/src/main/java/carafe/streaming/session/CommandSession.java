package carafe.streaming.session;

import carafe.base.CarafeException;
import carafe.streaming.api.ContainerStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exec or attach, from the moment the client's streams are there. Two virtual threads: one
 * takes what comes out of the container to the client, the other the client's input to the
 * container. Whichever side goes first, both threads end and the conversation with the container is
 * closed.
 */
public final class CommandSession {
    private static final Logger LOG = LoggerFactory.getLogger(CommandSession.class);

    private final String name;
    private final Supplier<ContainerStream> opening;
    private final CommandClient client;
    private final CommandInput input;
    private @Nullable ContainerStream stream;
    private boolean gone;

    /**
     * @param name for the names of its threads and the log: method and id
     * @param opening begins the conversation with the container
     */
    public CommandSession(
            String name,
            Supplier<ContainerStream> opening,
            CommandClient client,
            CommandInput input) {
        this.name = name;
        this.opening = opening;
        this.client = client;
        this.input = input;
    }

    /** Begins. */
    public void start() {
        Thread.ofVirtual().name(name).start(this::run);
    }

    /** The client is gone. */
    public void clientGone() {
        ContainerStream open;
        synchronized (this) {
            gone = true;
            open = stream;
        }
        input.close();
        if (open != null) {
            open.close();
        }
    }

    private void run() {
        Outcome outcome;
        try (ContainerStream opened = opening.get()) {
            outcome = adopt(opened) ? relay(opened) : new Outcome.Failure("the client is gone");
        } catch (CarafeException e) {
            outcome = new Outcome.Failure(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome = new Outcome.Failure("interrupted");
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("session", name).setCause(e).log("A stream session failed");
            outcome = new Outcome.Failure("internal error, see the log of carafe");
        } finally {
            input.close();
        }
        try {
            client.finish(outcome);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean adopt(ContainerStream opened) {
        stream = opened;
        return !gone;
    }

    private Outcome relay(ContainerStream opened) throws InterruptedException {
        Thread.ofVirtual().name(name + "-input").start(() -> feed(opened));
        while (true) {
            switch (opened.receive()) {
                case ContainerStream.Output(ContainerStream.Source source, byte[] bytes) ->
                        client.output(source, bytes);
                case ContainerStream.Exited(int code) -> {
                    return code == 0 ? new Outcome.Success() : new Outcome.NonZero(code);
                }
                case ContainerStream.Ended _ -> {
                    return new Outcome.Success();
                }
            }
        }
    }

    private void feed(ContainerStream opened) {
        try {
            input.feed(opened);
        } catch (CarafeException e) {
            // The other direction ends with the reason; input that nobody takes is dropped.
            input.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
