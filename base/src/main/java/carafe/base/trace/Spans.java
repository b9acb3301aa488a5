package carafe.base.trace;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The spans that the running thread is in, the innermost last. Where nobody traces, all of this
 * does nothing. What goes on on another thread is carried there by {@link #carried}, or {@link
 * #current} and {@link #within}.
 */
public final class Spans {
    private static final ScopedValue<Spans> HERE = ScopedValue.newInstance();

    private final Deque<Open> open = new ArrayDeque<>();
    private final Span outermost;

    private Spans(Span outermost) {
        this.outermost = outermost;
    }

    /** Does the work as a part of the span, which it does not end. */
    public static <T, X extends Throwable> T within(
            Span span, ScopedValue.CallableOp<? extends T, X> work) throws X {
        return span.equals(Span.NONE)
                ? work.call()
                : ScopedValue.where(HERE, new Spans(span)).<T, X>call(work);
    }

    /** The innermost one. */
    public static Span current() {
        return HERE.isBound() ? HERE.get().innermost() : Span.NONE;
    }

    /** The work, to be done on another thread as a part of what this one does. */
    public static Runnable carried(Runnable work) {
        Span span = current();
        return span.equals(Span.NONE)
                ? work
                : () -> ScopedValue.where(HERE, new Spans(span)).run(work);
    }

    /** Does the work as a span of its own within the innermost one. */
    public static <T, X extends Throwable> T traced(
            String name, ScopedValue.CallableOp<? extends T, X> work) throws X {
        try (Open span = open(name)) {
            try {
                return work.call();
            } catch (Throwable e) {
                span.fail(String.valueOf(e.getMessage()));
                throw e;
            }
        }
    }

    /** Begins a span within the innermost one, which it is until it is closed. */
    public static Open open(String name) {
        if (!HERE.isBound()) {
            return Open.NOTHING;
        }
        Spans here = HERE.get();
        Open inner = new Open(here, here.innermost().child(name, System.nanoTime()));
        if (!here.open.isEmpty()) {
            here.open.getLast().used = true;
        }
        here.open.addLast(inner);
        return inner;
    }

    private Span innermost() {
        return open.isEmpty() ? outermost : open.getLast().span;
    }

    /** A span of this thread. For that thread only. */
    public static final class Open implements AutoCloseable {
        private static final Open NOTHING = new Open(null, Span.NONE);

        private final @Nullable Spans of;
        private final Span span;
        private boolean used;

        private Open(@Nullable Spans of, Span span) {
            this.of = of;
            this.span = span;
        }

        /** Gives it another name. */
        public void rename(String name) {
            span.rename(name);
        }

        /** A fact, as an id. */
        public void note(String key, String value) {
            span.note(key, value);
        }

        /** It has failed. */
        public void fail(String why) {
            span.fail(why);
        }

        /** Where it is; empty when nobody traces it. */
        public Optional<Trace> trace() {
            return span.trace();
        }

        /** As if it had never begun, unless others were begun within it: then as close. */
        public void forget() {
            if (used) {
                close();
            } else if (of != null) {
                of.open.remove(this);
            }
        }

        /** Ends it. */
        @Override
        public void close() {
            if (of != null) {
                of.open.remove(this);
                span.end(System.nanoTime());
            }
        }
    }
}
