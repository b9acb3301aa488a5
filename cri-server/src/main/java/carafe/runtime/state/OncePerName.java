package carafe.runtime.state;

import carafe.base.CarafeException;
import carafe.base.Id;
import carafe.base.trace.Spans;
import carafe.runtime.api.Caller;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes one object per name. The work runs on a thread of its own and is never cut short; the
 * callers merely wait for it. A name whose first caller has left while the work went on belongs to
 * the next caller with the same request, who gets the finished object; any other caller is told who
 * has the name. A name is free as soon as the work has failed or the object is removed, so no name
 * is ever stuck. Thread-safe.
 */
public final class OncePerName {
    /** An answer this near to its caller's deadline may come too late. */
    private static final Duration CROSSING = Duration.ofSeconds(2);

    private final String kind;
    private final Predicate<String> isFresh;
    private final Map<String, Entry> byName = new ConcurrentHashMap<>();

    /**
     * @param kind for messages
     * @param isFresh whether the finished object of this id is still as its work left it
     */
    public OncePerName(String kind, Predicate<String> isFresh) {
        this.kind = kind;
        this.isFresh = isFresh;
    }

    /** Makes the object of the id it is given. */
    @FunctionalInterface
    public interface Work {
        void make(String id);
    }

    /**
     * Makes the object, or waits for the one being made for a caller that has left.
     *
     * @param digest of the request; only an equal one gets an object that it did not begin
     * @return the object's id
     * @throws CarafeException.Exists when the name is taken; names the id
     * @throws CarafeException.Deadline when the caller's time ended; the work goes on
     */
    public String make(String name, String digest, Caller caller, Work work) {
        while (true) {
            Entry mine = new Entry(Id.random(), digest, caller);
            Entry found = byName.putIfAbsent(name, mine);
            if (found == null) {
                Thread.ofVirtual()
                        .name(kind + " " + mine.id)
                        .start(Spans.carried(() -> run(name, mine, work)));
                return mine.await(kind, name, caller);
            }
            if (found.done.isCompletedExceptionally()) {
                // Its thread is about to free the name.
                byName.remove(name, found);
                continue;
            }
            if (!found.digest.equals(digest) || !found.takeOver(caller, isFresh)) {
                throw taken(name, found);
            }
            return found.await(kind, name, caller);
        }
    }

    /** The object of a record found at start; false when another has the name already. */
    public boolean restore(String name, String id, String digest) {
        Entry entry = new Entry(id, digest, null);
        entry.done.complete(id);
        return byName.putIfAbsent(name, entry) == null;
    }

    /** Frees the name of a removed object; does nothing when another has it. */
    public void release(String name, String id) {
        byName.computeIfPresent(name, (_, entry) -> entry.id.equals(id) ? null : entry);
    }

    /** How many names are taken, for leak checks. */
    public int size() {
        return byName.size();
    }

    private void run(String name, Entry entry, Work work) {
        try {
            work.make(entry.id);
            entry.done.complete(entry.id);
        } catch (Throwable e) { // the waiting callers' thread root: they get it as it is
            byName.remove(name, entry);
            entry.done.completeExceptionally(e);
        }
    }

    private CarafeException.Exists taken(String name, Entry entry) {
        return new CarafeException.Exists(
                "the name %s is %s %s %s"
                        .formatted(
                                Names.readable(name),
                                entry.done.isDone() ? "taken by" : "reserved: there is work on",
                                kind,
                                entry.id));
    }

    private static final class Entry {
        final String id;
        final String digest;
        final CompletableFuture<String> done = new CompletableFuture<>();
        private @Nullable Caller waiting;
        private @Nullable Caller answered;
        private boolean late;

        Entry(String id, String digest, @Nullable Caller waiting) {
            this.id = id;
            this.digest = digest;
            this.waiting = waiting;
        }

        synchronized boolean takeOver(Caller next, Predicate<String> isFresh) {
            Caller before = waiting;
            if (before != null && !before.isGone() && !hasLeft(before)) {
                return false;
            }
            if (answered != null && !hasMissed(answered)) {
                return false;
            }
            if (done.isDone() && !isFresh.test(id)) {
                return false;
            }
            waiting = next;
            answered = null;
            return true;
        }

        /**
         * Whether an answer may have crossed with its caller's leaving, and was heard by nobody.
         */
        private boolean hasMissed(Caller caller) {
            return caller.isGone() || (late && hasLeft(caller));
        }

        private static boolean hasLeft(Caller caller) {
            return caller.remaining().isZero() || caller.remaining().isNegative();
        }

        String await(String kind, String name, Caller caller) {
            boolean interrupted = false;
            try {
                String result = done.get(caller.remaining().toMillis(), TimeUnit.MILLISECONDS);
                answer(caller);
                return result;
            } catch (ExecutionException e) {
                throw failure(e.getCause());
            } catch (TimeoutException e) {
                throw left(kind, name, caller, e);
            } catch (InterruptedException e) {
                interrupted = true;
                throw left(kind, name, caller, e);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private synchronized void answer(Caller caller) {
            if (caller.equals(waiting)) {
                waiting = null;
                answered = caller;
                late = caller.remaining().compareTo(CROSSING) < 0;
            }
        }

        private synchronized CarafeException left(
                String kind, String name, Caller caller, Exception why) {
            if (caller.equals(waiting)) {
                waiting = null;
            }
            return new CarafeException.Deadline(
                    "%s %s (%s) is still being made; the same request again gets it when it is done"
                            .formatted(kind, id, Names.readable(name)),
                    why);
        }

        private static RuntimeException failure(@Nullable Throwable cause) {
            return switch (cause) {
                case CarafeException known -> known;
                case RuntimeException other ->
                        new CarafeException.Internal("unexpected: " + other, other);
                case Error error -> throw error;
                case null, default -> new CarafeException.Internal("unexpected: " + cause);
            };
        }
    }
}
