package carafe.base.trace;

import java.util.Optional;

/** Begins the daemon's part of traces. Thread-safe. */
@FunctionalInterface
public interface Tracer {
    /**
     * Makes no spans: what is done for a caller who traces it is known by the caller's own, so that
     * log and metrics can name it.
     */
    Tracer CALLERS =
            (_, caller) ->
                    caller.filter(Trace::sampled).<Span>map(CallersSpan::new).orElse(Span.NONE);

    /**
     * A call began.
     *
     * @param caller what it says of its trace
     */
    Span call(String name, Optional<Trace> caller);

    /**
     * Stands for the caller's.
     *
     * @param place of the caller
     */
    record CallersSpan(Trace place) implements Span {
        @Override
        public Span child(String name, long beginNanos) {
            return this;
        }

        @Override
        public Optional<Trace> trace() {
            return Optional.of(place);
        }
    }
}
