package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.Signal;
import carafe.runtime.api.StopSignal;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignalsTest {
    @ParameterizedTest
    @EnumSource(
            names = {"UNRECOGNIZED", "SIGNAL_RUNTIME_DEFAULT"},
            mode = EnumSource.Mode.EXCLUDE)
    void everySignalOfTheProtocolIsKnownAndComesBack(Signal signal) {
        StopSignal known = Objects.requireNonNull(Signals.fromProto(signal));
        assertThat(known.number()).isBetween(1, 64);
        assertThat(Signals.toProto(known)).isEqualTo(signal);
    }

    @Test
    void theDefaultIsLeftToTheRuntime() {
        assertThat(Signals.fromProto(Signal.SIGNAL_RUNTIME_DEFAULT)).isNull();
    }
}
