package carafe.server;

import carafe.config.CarafeConfig;
import carafe.rpc.Redaction;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lines of Carafe's own log, as text or as one JSON object each. Also a cause's message can hold a
 * credential, so the finished line is searched for them. Thread-safe.
 */
final class LogLines extends LayoutBase<ILoggingEvent> {
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%replace( %kvp){'^ $', ''}%n%ex";

    /** Made when it is first needed: start-up does without. */
    private static final class Mapper {
        static final JsonMapper JSON = new JsonMapper();
    }

    private final PatternLayout text = new PatternLayout();
    private volatile CarafeConfig.Format format = CarafeConfig.Format.TEXT;

    LogLines(LoggerContext context) {
        setContext(context);
        text.setContext(context);
        text.setPattern(PATTERN);
    }

    @Override
    public void start() {
        text.start();
        super.start();
    }

    void format(CarafeConfig.Format wanted) {
        format = wanted;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        return Redaction.of(
                switch (format) {
                    case TEXT -> text.doLayout(event);
                    case JSON -> json(event);
                });
    }

    /** The event's own fields first; a key that is one of them does not replace it. */
    private static String json(ILoggingEvent event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", event.getInstant().toString());
        fields.put("level", event.getLevel().toString());
        fields.put("logger", event.getLoggerName());
        fields.put("thread", event.getThreadName());
        fields.put("message", event.getFormattedMessage());
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                fields.putIfAbsent(
                        pair.key,
                        pair.value instanceof Number number ? number : String.valueOf(pair.value));
            }
        }
        if (event.getThrowableProxy() != null) {
            fields.put("exception", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return Mapper.JSON.writeValueAsString(fields) + "\n";
    }
}
