package carafe.rpc;

import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** One line per call: changes at info, reads at trace, refusals at warn, defects at error. */
final class CallLog {
    private static final Logger LOG = LoggerFactory.getLogger(CallLog.class);

    private CallLog() {}

    /**
     * @param beginNanos {@link System#nanoTime} when the call began
     */
    static void done(String rpc, Route.Kind kind, Call call, long beginNanos) {
        Level level =
                switch (kind) {
                    case ALWAYS, READ -> Level.TRACE;
                    case CHANGE, SERVE -> Level.INFO;
                };
        if (LOG.isEnabledForLevel(level)) {
            event(level, rpc, call)
                    .addKeyValue("ms", (System.nanoTime() - beginNanos) / 1_000_000)
                    .log("Call done");
        }
    }

    static void failed(
            String rpc,
            Route.Kind kind,
            Call call,
            ErrorBorder.Verdict verdict,
            Throwable failure) {
        LoggingEventBuilder event =
                event(verdict.expected() ? refused(kind) : Level.ERROR, rpc, call)
                        .addKeyValue("code", verdict.code())
                        .addKeyValue("error", verdict.message());
        if (!verdict.expected() || LOG.isDebugEnabled()) {
            event.setCause(failure).log("Call failed");
        } else {
            event.log("Call failed");
        }
    }

    private static Level refused(Route.Kind kind) {
        return switch (kind) {
            case ALWAYS, READ -> Level.DEBUG;
            case CHANGE, SERVE -> Level.WARN;
        };
    }

    private static LoggingEventBuilder event(Level level, String rpc, Call call) {
        LoggingEventBuilder event = LOG.atLevel(level).addKeyValue("rpc", rpc);
        Optional<String> trace = call.traceId();
        if (trace.isPresent()) {
            event = event.addKeyValue("trace", trace.get());
        }
        for (Map.Entry<String, Object> fact : call.facts().entrySet()) {
            event = event.addKeyValue(fact.getKey(), fact.getValue());
        }
        return event;
    }
}
