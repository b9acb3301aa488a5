package carafe.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    @Test
    void findingsAreAlignedWithWhatTheyMeanAndHowToFixThem() {
        String text =
                Report.text(
                        List.of(
                                Finding.ok("kernel", "6.18"),
                                Finding.warn("cgroup limits", "none", "no limits", "boot v2"),
                                Finding.fail("overlay", "missing", "nothing runs", "modprobe")));
        assertThat(text)
                .isEqualTo(
                        """
                        ok    kernel         6.18
                        warn  cgroup limits  none
                                             means: no limits
                                             fix:   boot v2
                        FAIL  overlay        missing
                                             means: nothing runs
                                             fix:   modprobe

                        1 of 3 findings keep Carafe from running pods here.
                        """);
    }

    @Test
    void longTextsAreWrappedWithinAHundredColumns() {
        String text = Report.text(List.of(Finding.warn("x", "a b ".repeat(60), "m", "")));
        assertThat(text.lines()).hasSizeGreaterThan(3).allMatch(line -> line.length() <= 100);
    }

    @Test
    void aWordLongerThanALineIsKeptWhole() {
        String word = "/a".repeat(80);
        assertThat(Report.text(List.of(Finding.ok("x", word)))).contains(word);
    }

    @Test
    void onlyAFailureMeansThatPodsCannotRun() {
        assertThat(report(Finding.warn("x", "y", "z", ""))).isTrue();
        assertThat(report(Finding.fail("x", "y", "z", ""))).isFalse();
    }

    private static boolean report(Finding finding) {
        PrintStream out =
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return new Doctor(List.of(() -> List.of(finding))).report(out);
    }
}
