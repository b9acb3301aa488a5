package carafe.rpc;

import carafe.proto.cri.Signal;
import carafe.runtime.api.StopSignal;
import org.jspecify.annotations.Nullable;

/** Stop signals: {@code SIGNAL_SIGRTMINPLUS3} of the protocol is {@code SIGRTMIN+3} here. */
final class Signals {
    private static final String PREFIX = "SIGNAL_";

    private Signals() {}

    /** Absent when the request leaves the choice to the runtime. */
    static @Nullable StopSignal fromProto(Signal signal) {
        if (signal == Signal.SIGNAL_RUNTIME_DEFAULT) {
            return null;
        }
        if (signal == Signal.UNRECOGNIZED) {
            throw Requests.unknown("stop_signal", signal);
        }
        String name =
                signal.name()
                        .substring(PREFIX.length())
                        .replace("MINPLUS", "MIN+")
                        .replace("MAXMINUS", "MAX-");
        return StopSignal.parse(name).orElseThrow(() -> Requests.unknown("stop_signal", signal));
    }

    /** The protocol's default when it has no name for the signal. */
    static Signal toProto(StopSignal signal) {
        String name = PREFIX + signal.name().replace("MIN+", "MINPLUS").replace("MAX-", "MAXMINUS");
        for (Signal each : Signal.values()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        return Signal.SIGNAL_RUNTIME_DEFAULT;
    }
}
