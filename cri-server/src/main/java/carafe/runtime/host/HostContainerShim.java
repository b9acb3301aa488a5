package carafe.runtime.host;

import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.Exit;
import carafe.runtime.port.ShimException;
import carafe.runtime.port.ShimState;
import carafe.runtime.shim.ContainerHandle;
import carafe.runtime.shim.ExecRequest;
import carafe.runtime.shim.ExecResult;
import carafe.runtime.shim.ExitRecord;
import carafe.runtime.shim.KillTarget;
import carafe.runtime.shim.ShimLauncher;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.Streams;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** One container's shim, found by its bundle each time it is asked. Thread-safe. */
final class HostContainerShim implements ContainerShim {
    private static final int SIGKILL = 9;

    private final ShimLauncher launcher;
    private final Path bundle;

    HostContainerShim(ShimLauncher launcher, Path bundle) {
        this.launcher = launcher;
        this.bundle = bundle;
    }

    @Override
    public ShimState state(Duration deadline) throws ShimException {
        ContainerHandle handle = handle();
        carafe.runtime.shim.ShimState state =
                ShimCall.of("shim.state", () -> handle.state(deadline));
        ShimState.Phase phase =
                switch (state) {
                    case carafe.runtime.shim.ShimState.Created _ -> ShimState.Phase.CREATED;
                    case carafe.runtime.shim.ShimState.Running _ -> ShimState.Phase.RUNNING;
                    case carafe.runtime.shim.ShimState.Exited(ExitRecord.Known _) ->
                            ShimState.Phase.EXITED;
                    case carafe.runtime.shim.ShimState.Exited(ExitRecord.Unknown(String why, _)) ->
                            throw new ShimException.Gone(why);
                };
        return new ShimState(phase, HostShims.id(handle.init()));
    }

    @Override
    public void start(Duration deadline) throws ShimException {
        run("shim.start", () -> handle().start(deadline));
    }

    @Override
    public void signal(int number, Duration deadline) throws ShimException {
        run("shim.signal", () -> handle().kill(number, KillTarget.INIT, deadline));
    }

    @Override
    public void killAll(Duration deadline) throws ShimException {
        run("shim.kill", () -> handle().kill(SIGKILL, KillTarget.ALL, deadline));
    }

    @Override
    public void reopenLog(Duration deadline) throws ShimException {
        run("shim.reopen-log", () -> handle().reopenLog(deadline));
    }

    @Override
    public void delete(Duration deadline) throws ShimException {
        run("shim.delete", () -> handle().delete(deadline));
    }

    @Override
    public Watch watch(ExitListener listener) {
        Optional<ContainerHandle> found = launcher.findContainer(bundle);
        if (found.isEmpty()) {
            listener.lost();
            return () -> {};
        }
        return found.get()
                        .watch(record -> {
                            switch (record) {
                                case ExitRecord.Known known -> listener.exited(exit(known));
                                case ExitRecord.Unknown _ -> listener.lost();
                            }
                        })
                ::close;
    }

    @Override
    public ExecEnd exec(ExecCall call, OutputSink sink, Duration deadline) throws ShimException {
        ExecRequest request = request(call, deadline);
        ExecResult result =
                ShimCall.of(
                        "shim.exec",
                        () ->
                                handle().exec(
                                                request,
                                                (stream, data, offset, length) ->
                                                        sink.output(
                                                                translate(stream),
                                                                data,
                                                                offset,
                                                                length)));
        return new ExecEnd(result.code(), result.end() == ExecResult.End.TIMED_OUT);
    }

    private static ExecRequest request(ExecCall call, Duration deadline) {
        return new ExecRequest(
                call.process(),
                List.of(call.args()),
                List.of(call.env()),
                call.cwd(),
                call.timeout(),
                call.drain(),
                deadline);
    }

    @Override
    public ContainerStream execStream(ExecCall call, Streams streams, Duration deadline)
            throws ShimException {
        ContainerHandle handle = handle();
        return ShimCall.of(
                "shim.exec-stream", () -> handle.execStream(request(call, deadline), streams));
    }

    @Override
    public ContainerStream attach(Streams streams, Duration deadline) throws ShimException {
        ContainerHandle handle = handle();
        return ShimCall.of("shim.attach", () -> handle.attach(streams, deadline));
    }

    @Override
    public Optional<Exit> exitRecord() {
        return launcher.findContainer(bundle)
                .flatMap(ContainerHandle::recorded)
                .flatMap(record ->
                        switch (record) {
                            case ExitRecord.Known known -> Optional.of(exit(known));
                            case ExitRecord.Unknown _ -> Optional.empty();
                        });
    }

    @Override
    public Optional<Pids> pids() {
        return launcher.findContainer(bundle)
                .map(handle ->
                        new Pids(HostShims.id(handle.control()), HostShims.id(handle.init())));
    }

    private ContainerHandle handle() throws ShimException {
        Optional<ContainerHandle> found = ShimCall.of(() -> launcher.findContainer(bundle));
        return found.orElseThrow(
                () -> new ShimException.Gone("no shim was ever started in " + bundle));
    }

    /** A call without result. */
    @FunctionalInterface
    private interface Action {
        void run() throws ShimException;
    }

    private static void run(String name, Action action) throws ShimException {
        Callable<Boolean> call =
                () -> {
                    action.run();
                    return true;
                };
        ShimCall.of(name, call);
    }

    private static Exit exit(ExitRecord.Known known) {
        long nanos = ChronoUnit.NANOS.between(Instant.EPOCH, known.finishedAt());
        return new Exit(
                known.code(),
                known.signal(),
                known.oomKilled(),
                known.oomKills(),
                nanos,
                known.lostLogBytes());
    }

    private static Stream translate(carafe.runtime.shim.OutputSink.Stream stream) {
        return switch (stream) {
            case STDOUT -> Stream.STDOUT;
            case STDERR -> Stream.STDERR;
        };
    }
}
