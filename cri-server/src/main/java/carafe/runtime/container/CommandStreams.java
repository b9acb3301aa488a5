package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.ContainerShim.ExecCall;
import carafe.runtime.port.ShimException;
import carafe.runtime.state.Core;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.StreamOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Execs and attaches, whose streams a client holds in its hands. Thread-safe. */
final class CommandStreams {
    /** For the process to start; how long it runs is the client's business. */
    private static final Duration START = Duration.ofSeconds(60);

    private static final Duration ATTACH = Duration.ofSeconds(10);

    private static final byte[] TERM = "TERM=".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] USUAL_TERM = "TERM=xterm".getBytes(StandardCharsets.US_ASCII);

    private final Core core;
    private final ExecTemplates templates;
    private final Duration drain;

    /**
     * @param drain how long output is read after the command has ended
     */
    CommandStreams(Core core, ExecTemplates templates, Duration drain) {
        this.core = core;
        this.templates = templates;
        this.drain = drain;
    }

    ContainerStream exec(StreamOrder.Exec order) {
        String id = order.containerId();
        String doing = "exec in container " + id;
        ContainerShim shim = running(doing, id);
        ExecTemplate template = templates.of(id);
        byte[][] env = order.streams().terminal() ? withTerm(template.env()) : template.env();
        ExecCall call =
                new ExecCall(
                        template.process(),
                        ExecSync.arguments(order.command()),
                        env,
                        template.cwd(),
                        Duration.ZERO,
                        drain);
        try {
            return shim.execStream(call, order.streams(), START);
        } catch (ShimException e) {
            throw failure(doing, e);
        }
    }

    ContainerStream attach(StreamOrder.Attach order) {
        String id = order.containerId();
        String doing = "attach to container " + id;
        try {
            return running(doing, id).attach(order.streams(), ATTACH);
        } catch (ShimException e) {
            throw failure(doing, e);
        }
    }

    private ContainerShim running(String doing, String id) {
        RunningContainers.require(core, doing, id);
        return core.ports().shims().container(core.paths().container(id));
    }

    private static CarafeException failure(String doing, ShimException e) {
        return e instanceof ShimException.Gone
                ? new CarafeException.Precondition(doing + ": it is not running any more", e)
                : ShimErrors.of(doing, e);
    }

    /** A terminal is of little use to programs that do not know its kind. */
    private static byte[][] withTerm(byte[][] env) {
        for (byte[] entry : env) {
            if (Arrays.mismatch(entry, TERM) >= TERM.length || Arrays.equals(entry, TERM)) {
                return env;
            }
        }
        byte[][] more = Arrays.copyOf(env, env.length + 1);
        more[env.length] = USUAL_TERM;
        return more;
    }
}
