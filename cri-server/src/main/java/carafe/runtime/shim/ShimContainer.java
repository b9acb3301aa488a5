package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.PidIdentity;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.Streams;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link ContainerHandle} of a real shim. */
final class ShimContainer implements ContainerHandle {
    private static final Logger LOG = LoggerFactory.getLogger(ShimContainer.class);

    /** The step that the shim names when it did not even try. */
    private static final String REFUSED_START = "start";

    private final Bundle bundle;
    private final PidIdentity control;
    private final PidIdentity init;
    private final ShimTalk talk;
    private final ShimProcesses processes;

    ShimContainer(
            Bundle bundle,
            PidIdentity control,
            PidIdentity init,
            ShimTalk talk,
            ShimProcesses processes) {
        this.bundle = bundle;
        this.control = control;
        this.init = init;
        this.talk = talk;
        this.processes = processes;
    }

    @Override
    public Path bundle() {
        return bundle.directory();
    }

    @Override
    public PidIdentity init() {
        return init;
    }

    @Override
    public PidIdentity control() {
        return control;
    }

    @Override
    public ShimState state(Duration deadline) {
        String doing = "ask for the state of container " + bundle.id();
        long end = System.nanoTime() + deadline.toNanos();
        // A dead shim is answered for by the disk, without a connection.
        if (!processes.alive(control)) {
            return new ShimState.Exited(finalRecord());
        }
        try (ShimConnection connection = talk.open(doing, bundle, deadline)) {
            connection.send(new Request.Watch());
            return switch (talk.state(doing, connection)) {
                case Reply.State(Reply.Phase phase, _, _, long lostLogBytes) ->
                        switch (phase) {
                            case CREATED -> new ShimState.Created();
                            case RUNNING -> new ShimState.Running(lostLogBytes);
                            case EXITED -> {
                                // Its output may still be drained; the record follows.
                                Reply _ = connection.receive();
                                yield new ShimState.Exited(finalRecord());
                            }
                        };
            };
        } catch (ShimGoneException e) {
            return new ShimState.Exited(recordAfterEnd(doing, end));
        }
    }

    /** Waits for the record of a container whose init has ended, or will. */
    ExitRecord awaitExit(Duration deadline) {
        String doing = "wait for the end of container " + bundle.id();
        long end = System.nanoTime() + deadline.toNanos();
        if (!processes.alive(control)) {
            return finalRecord();
        }
        try (ShimConnection connection = talk.open(doing, bundle, deadline)) {
            connection.send(new Request.Watch());
            Reply.State _ = talk.state(doing, connection);
            Reply _ = connection.receive();
            return finalRecord();
        } catch (ShimGoneException e) {
            return recordAfterEnd(doing, end);
        }
    }

    /** The record of a shim that has hung up and so is about to end, if it has not. */
    private ExitRecord recordAfterEnd(String doing, long end) {
        Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
        if (bundle.exit().isEmpty() && !processes.awaitExit(control, left)) {
            throw new CarafeException.Deadline(
                    doing + ": its shim, process " + control.pid() + ", does not listen");
        }
        return finalRecord();
    }

    /** What the disk says once the shim has ended. */
    ExitRecord finalRecord() {
        return bundle.exit()
                .orElseGet(() ->
                        new ExitRecord.Unknown(
                                "its shim died: " + bundle.lastWords(), Instant.now()));
    }

    @Override
    public void start(Duration deadline) {
        String doing = "start container " + bundle.id();
        long end = System.nanoTime() + deadline.toNanos();
        try (ShimConnection connection = talk.open(doing, bundle, deadline)) {
            connection.send(new Request.Start());
            switch (connection.receive()) {
                case Reply.Done _ -> {}
                case Reply.Failed failed when failed.step().equals(REFUSED_START) ->
                        throw FailedStep.of(doing, failed);
                case Reply.Failed failed -> {
                    awaitFailedInit(end);
                    throw FailedStep.of(doing, failed);
                }
                default -> throw talk.unexpected(doing);
            }
        } catch (ShimGoneException e) {
            throw e.unavailable();
        }
    }

    /** The report of a failed execve is a moment faster than the end of the process it is about. */
    private void awaitFailedInit(long end) {
        try {
            ExitRecord _ = awaitExit(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        } catch (CarafeException e) {
            LOG.atWarn()
                    .addKeyValue("container", bundle.id())
                    .setCause(e)
                    .log("A container that could not be started has not ended yet");
        }
    }

    @Override
    public void kill(int signal, KillTarget target, Duration deadline) {
        String doing = "send signal " + signal + " to container " + bundle.id();
        Request.Target wire =
                switch (target) {
                    case INIT -> Request.Target.INIT;
                    case ALL -> Request.Target.ALL;
                };
        try (ShimConnection connection = talk.open(doing, bundle, deadline)) {
            connection.send(new Request.Kill(signal, wire));
            switch (connection.receive()) {
                case Reply.Done _ -> {}
                case Reply.Failed failed when failed.errno() == Errno.ESRCH -> {}
                case Reply.Failed failed -> throw FailedStep.of(doing, failed);
                default -> throw talk.unexpected(doing);
            }
        } catch (ShimGoneException e) {
            // Without its shim init may live on, an orphan of nobody's.
            processes.signal(init, signal);
        }
    }

    @Override
    public void reopenLog(Duration deadline) {
        talk.done(
                "reopen the log of container " + bundle.id(),
                bundle,
                new Request.ReopenLog(),
                deadline);
    }

    @Override
    public Watch watch(Consumer<ExitRecord> onExit) {
        return ExitWatch.start(this, processes, onExit);
    }

    @Override
    public ExecResult exec(ExecRequest request, OutputSink output) {
        return new ExecTalk(talk, bundle).run(request, output);
    }

    @Override
    public ContainerStream execStream(ExecRequest request, Streams streams) {
        return ShimStream.open(
                "exec in container " + bundle.id(),
                talk,
                bundle,
                ExecTalk.wire(request, streams),
                request.deadline());
    }

    @Override
    public ContainerStream attach(Streams streams, Duration deadline) {
        Request.Attach first =
                new Request.Attach(streams.stdin(), streams.stdout(), streams.stderr());
        return ShimStream.open("attach to container " + bundle.id(), talk, bundle, first, deadline);
    }

    @Override
    public void delete(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        String doing = "delete container " + bundle.id();
        if (!processes.alive(control)) {
            return;
        }
        askToEnd(doing, deadline);
        Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
        if (!processes.awaitExit(control, left)) {
            throw new CarafeException.Deadline(
                    "%s: its shim, process %d, has not ended within %d ms"
                            .formatted(doing, control.pid(), deadline.toMillis()));
        }
    }

    /** A shim that is ending by itself is as good: what counts is that it ends. */
    private void askToEnd(String doing, Duration deadline) {
        try (ShimConnection connection = talk.open(doing, bundle, deadline)) {
            connection.send(new Request.Delete());
            if (connection.receive() instanceof Reply.Failed failed
                    && failed.errno() != Errno.ESRCH) {
                throw FailedStep.of(doing, failed);
            }
        } catch (ShimGoneException e) {
            LOG.atDebug().addKeyValue("container", bundle.id()).log("The shim is ending already");
        }
    }

    @Override
    public Optional<ExitRecord> recorded() {
        return bundle.exit();
    }
}
