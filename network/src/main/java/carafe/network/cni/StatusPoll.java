package carafe.network.cni;

import carafe.base.CarafeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What plugins say to STATUS, asked in the background when the last answer is a few seconds old: a
 * plugin that hangs holds up nobody. Thread-safe.
 */
final class StatusPoll {
    private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long PATIENCE_MILLIS = 50;

    private final PluginCall call;
    private final JsonMapper json = JsonMapper.builder().build();
    private @Nullable List<NetworkList> asked;
    private CompletableFuture<String> running = CompletableFuture.completedFuture("");
    private @Nullable String last;
    private long askedAtNanos;
    private int round;

    StatusPoll(PluginCall call) {
        this.call = call;
    }

    /** Why the networks' plugins cannot attach pods; empty when they can. */
    Optional<String> problem(List<NetworkList> networks) {
        CompletableFuture<String> now = current(networks);
        String answer = before();
        try {
            answer = now.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // It is still asked; what was said last counts.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answer == null
                ? Optional.of("the CNI plugins have not answered to STATUS yet")
                : Optional.of(answer).filter(text -> !text.isEmpty());
    }

    private synchronized @Nullable String before() {
        return last;
    }

    private synchronized CompletableFuture<String> current(List<NetworkList> networks) {
        boolean same = networks.equals(asked);
        boolean old = System.nanoTime() - askedAtNanos > FRESH_NANOS;
        if (same && !(running.isDone() && old)) {
            return running;
        }
        if (!same) {
            last = null;
        }
        asked = networks;
        askedAtNanos = System.nanoTime();
        CompletableFuture<String> fresh = new CompletableFuture<>();
        running = fresh;
        int mine = ++round;
        Thread.ofVirtual()
                .name("cni status")
                .start(() -> fresh.complete(remembered(mine, ask(networks))));
        return fresh;
    }

    private synchronized String remembered(int which, String answer) {
        if (which == round) {
            last = answer;
        }
        return answer;
    }

    private String ask(List<NetworkList> networks) {
        for (NetworkList network : networks) {
            if (!network.knows(PluginCall.Verb.STATUS)) {
                continue;
            }
            for (NetworkList.Plugin plugin : network.plugins()) {
                try {
                    call.run(PluginCall.Verb.STATUS, network, plugin, json.createObjectNode());
                } catch (CarafeException e) {
                    return String.valueOf(e.getMessage());
                }
            }
        }
        return "";
    }
}
