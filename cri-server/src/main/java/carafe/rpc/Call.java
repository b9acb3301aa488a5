package carafe.rpc;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One running call: its deadline and the facts for its log line. Used by one thread. */
final class Call {
    private final Optional<Duration> timeLeft;
    private final Map<String, Object> facts = new LinkedHashMap<>();

    /**
     * @param timeLeft until the caller's deadline at the start of the call; empty without deadline
     */
    Call(Optional<Duration> timeLeft) {
        this.timeLeft = timeLeft;
    }

    /** Until the caller's deadline when the call began; at most the given bound. */
    Duration deadlineAtMost(Duration bound) {
        return timeLeft.filter(left -> left.compareTo(bound) < 0).orElse(bound);
    }

    /**
     * Notes a fact for the log: ids, names, counts. Never credentials, environment or command
     * lines.
     */
    void note(String key, Object value) {
        facts.put(key, value);
    }

    Map<String, Object> facts() {
        return facts;
    }
}
