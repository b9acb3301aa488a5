package carafe.base.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {
    @Test
    void aHeaderIsReadAndWrittenBack() {
        String header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assertThat(Trace.parse(header))
                .contains(new Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true));
        assertThat(Trace.parse(header).map(Trace::header)).contains(header);
        assertThat(Trace.parse(header.replace("-01", "-00")).map(Trace::sampled)).contains(false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n",
                "00-{}\"-b7ad6b7169203331-01",
            })
    void anotherFormIsNone(String header) {
        assertThat(Trace.parse(header)).isEmpty();
    }
}
