package carafe.server;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.metrics.OperationBoard;
import carafe.metrics.RpcMeter;
import carafe.rpc.DebugView;
import carafe.runtime.CarafeRuntime;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code carafe debug} shows.
 *
 * @param scratch an existing directory for files of a moment
 */
record DebugFacts(CarafeRuntime runtime, OperationBoard board, RpcMeter calls, Path scratch)
        implements DebugView {
    @Override
    public Map<String, ?> operations() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("calls", calls.pending().stream().map(DebugFacts::call).toList());
        facts.put("operations", board.pending().stream().map(DebugFacts::operation).toList());
        return facts;
    }

    private static Map<String, Object> call(RpcMeter.Pending call) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("method", call.method());
        facts.put("ageSeconds", seconds(call.age()));
        return facts;
    }

    private static Map<String, Object> operation(OperationBoard.Pending operation) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("operation", operation.operation());
        facts.put("id", operation.subject());
        facts.put("afterStage", operation.after());
        facts.put("ageSeconds", seconds(operation.age()));
        facts.put("sinceStageSeconds", seconds(operation.stuck()));
        return facts;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    @Override
    public Map<String, ?> object(String id) {
        return runtime.describe(id);
    }

    /** The JVM writes it to a file only. */
    @Override
    public String stacks() {
        Path file = scratch.resolve("stacks-" + System.nanoTime());
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toAbsolutePath().toString(), ThreadDumpFormat.TEXT_PLAIN);
            return Files.readString(file);
        } catch (IOException e) {
            throw new CarafeException.Internal("dump the threads to %s: %s".formatted(file, e), e);
        } finally {
            delete(file);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new CarafeException.Internal("delete %s: %s".formatted(file, e), e);
        }
    }

    @Override
    public void logLevel(String level) {
        List<String> known =
                Arrays.stream(CarafeConfig.Level.values())
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .toList();
        if (!known.contains(level)) {
            throw new CarafeException.Invalid(
                    "there is no log level \"%s\"; there are %s".formatted(level, known));
        }
        LogSetup.level(CarafeConfig.Level.valueOf(level.toUpperCase(Locale.ROOT)));
    }
}
