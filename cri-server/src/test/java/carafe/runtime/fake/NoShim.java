package carafe.runtime.fake;

import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.Exit;
import carafe.runtime.port.ShimException;
import carafe.runtime.port.ShimState;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.Streams;
import java.time.Duration;
import java.util.Optional;

/** A bundle in which no shim was ever started. */
final class NoShim implements ContainerShim {
    @Override
    public ShimState state(Duration deadline) throws ShimException {
        throw gone();
    }

    @Override
    public void start(Duration deadline) throws ShimException {
        throw gone();
    }

    @Override
    public void signal(int number, Duration deadline) throws ShimException {
        throw gone();
    }

    @Override
    public void killAll(Duration deadline) throws ShimException {
        throw gone();
    }

    @Override
    public void reopenLog(Duration deadline) throws ShimException {
        throw gone();
    }

    @Override
    public void delete(Duration deadline) throws ShimException {
        throw gone();
    }

    @Override
    public Watch watch(ExitListener listener) {
        Thread.ofVirtual().start(listener::lost);
        return () -> {};
    }

    @Override
    public ExecEnd exec(ExecCall call, OutputSink sink, Duration deadline) throws ShimException {
        throw gone();
    }

    @Override
    public ContainerStream attach(Streams streams, Duration deadline) throws ShimException {
        throw gone();
    }

    @Override
    public ContainerStream execStream(ExecCall call, Streams streams, Duration deadline)
            throws ShimException {
        throw gone();
    }

    @Override
    public Optional<Exit> exitRecord() {
        return Optional.empty();
    }

    @Override
    public Optional<Pids> pids() {
        return Optional.empty();
    }

    private static ShimException gone() {
        return new ShimException.Gone("no shim was ever here");
    }
}
