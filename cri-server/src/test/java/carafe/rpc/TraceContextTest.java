package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.metrics.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    @Test
    void aSampledTraceIsTaken() {
        assertThat(TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
                .isEqualTo(new Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n",
                "00-{}\"-b7ad6b7169203331-01",
            })
    void whatIsNotSampledOrOfAnotherFormIsNone(String header) {
        assertThat(TraceContext.parse(header)).isNull();
    }
}
