package carafe.shim.control;

import carafe.shim.wire.Reply;
import org.jspecify.annotations.Nullable;

/** Who waits for the start and for the deletion of the container; of each the last one. */
final class Callers {
    private @Nullable Client starter;
    private @Nullable Client deleter;

    void awaitStart(Client client) {
        starter = client;
    }

    /** Answers once; nobody waits for it afterwards. */
    void answerStart(Reply reply) {
        if (starter != null) {
            starter.finish(reply);
            starter = null;
        }
    }

    void awaitDeletion(Client client) {
        deleter = client;
    }

    boolean isDeletionWanted() {
        return deleter != null;
    }

    void answerDeletion() {
        if (deleter != null) {
            deleter.finish(new Reply.Done());
        }
    }
}
