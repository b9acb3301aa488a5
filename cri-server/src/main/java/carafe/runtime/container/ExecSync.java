package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.api.ExecSyncResult;
import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.ContainerShim.ExecCall;
import carafe.runtime.port.ContainerShim.ExecEnd;
import carafe.runtime.port.LifeMeter;
import carafe.runtime.port.ShimException;
import carafe.runtime.state.Core;
import carafe.streaming.CappedOutput;
import carafe.streaming.OutputBudget;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Runs commands in running containers and gathers their output, within bounds. Thread-safe. */
final class ExecSync {
    private static final Duration MARGIN = Duration.ofSeconds(15);
    private static final Duration LONGEST = Duration.ofHours(24);

    private final Core core;
    private final ExecTemplates templates;
    private final OutputBudget budget;
    private final Limits limits;

    /**
     * Bounds of one call.
     *
     * @param outputBytes stdout and stderr together
     * @param guaranteedBytes of them that no other call can take
     * @param drain how long output is read after the command has ended
     */
    record Limits(long outputBytes, long guaranteedBytes, Duration drain) {}

    ExecSync(Core core, ExecTemplates templates, OutputBudget budget, Limits limits) {
        this.core = core;
        this.templates = templates;
        this.budget = budget;
        this.limits = limits;
    }

    ExecSyncResult exec(String idOrPrefix, List<String> command, Duration timeout) {
        String id =
                RunningContainers.require(core, "exec in container " + idOrPrefix, idOrPrefix).id();
        ExecTemplate template = templates.of(id);
        ExecCall call =
                new ExecCall(
                        template.process(),
                        arguments(command),
                        template.env(),
                        template.cwd(),
                        timeout,
                        limits.drain());
        try (CappedOutput output =
                new CappedOutput(budget, limits.outputBytes(), limits.guaranteedBytes())) {
            ExecEnd end = run(id, call, output);
            if (end.timedOut()) {
                throw new CarafeException.Deadline(
                        "exec in container %s: the command did not end within %s and was killed"
                                .formatted(id, timeout));
            }
            return new ExecSyncResult(output.stdout(), output.stderr(), end.code());
        }
    }

    private ExecEnd run(String id, ExecCall call, CappedOutput output) {
        ContainerShim shim = core.ports().shims().container(core.paths().container(id));
        Duration limit = call.timeout().isZero() ? LONGEST : call.timeout();
        long begin = System.nanoTime();
        LifeMeter.Exec result = LifeMeter.Exec.FAILED;
        try {
            ExecEnd end =
                    shim.exec(
                            call,
                            (stream, data, offset, length) -> {
                                switch (stream) {
                                    case STDOUT -> output.stdout(data, offset, length);
                                    case STDERR -> output.stderr(data, offset, length);
                                }
                            },
                            limit.plus(call.drain()).plus(MARGIN));
            result = LifeMeter.Exec.of(end.code(), end.timedOut());
            return end;
        } catch (ShimException.Gone e) {
            throw new CarafeException.Precondition(
                    "exec in container %s: it is not running any more".formatted(id), e);
        } catch (ShimException e) {
            throw ShimErrors.of("exec in container " + id, e);
        } finally {
            core.ports().life().executed(result, System.nanoTime() - begin);
        }
    }

    static byte[][] arguments(List<String> command) {
        if (command.isEmpty()) {
            throw new CarafeException.Invalid("exec needs a command");
        }
        for (String each : command) {
            if (each.indexOf(0) >= 0) {
                throw new CarafeException.Invalid("an argument contains a NUL character");
            }
        }
        return command.stream()
                .map(each -> each.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }
}
