package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PressureTest {
    @Test
    void percentagesAreAsTheyAreAndTheTotalIsInNanoseconds() {
        assertThat(
                        Pressure.parse(
                                """
                                some avg10=7.49 avg60=11.79 avg300=19.15 total=289175570
                                full avg10=0.50 avg60=0.25 avg300=0.10 total=17
                                """))
                .contains(
                        new Pressure(
                                new Pressure.Stall(289_175_570_000L, 7.49, 11.79, 19.15),
                                new Pressure.Stall(17_000, 0.5, 0.25, 0.1)));
    }

    @Test
    void anOlderKernelHasNoFullForTheCpu() {
        assertThat(Pressure.parse("some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n"))
                .hasValueSatisfying(
                        p -> assertThat(p.full()).isEqualTo(new Pressure.Stall(0, 0, 0, 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "some",
                "most avg10=1.00 avg60=2.00 avg300=3.00 total=4",
                "some avg10=x avg60=2.00 avg300=3.00 total=4",
                "some avg60=1.00 avg10=2.00 avg300=3.00 total=4",
                "some avg10=1.00 avg60=2.00 avg300=3.00 total=9223372036854775807"
            })
    void whatIsNoPressureIsNone(String text) {
        assertThat(Pressure.parse(text)).isEmpty();
    }
}
