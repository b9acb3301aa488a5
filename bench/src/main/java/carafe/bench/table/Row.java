package carafe.bench.table;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table, and one element of {@code bench/results/latest.json}.
 *
 * @param name of the scenario, as {@code --scenario} takes it
 * @param scenario what was measured
 * @param unit of both figures
 * @param beside whom the figure stands beside
 * @param carafe median
 * @param carafeP95 95th percentile
 * @param peer the other's median
 * @param ratio median of the pairs' ratios, Carafe's share of the other's
 * @param ratioLow lower end of the middle half of the ratios
 * @param ratioHigh its upper end
 * @param target the greatest ratio that is good enough; null without one
 * @param samples how many pairs were counted
 */
public record Row(
        String name,
        String scenario,
        String unit,
        String beside,
        double carafe,
        double carafeP95,
        double peer,
        double peerP95,
        double ratio,
        double ratioLow,
        double ratioHigh,
        @Nullable Double target,
        Verdict verdict,
        int samples) {

    /** The columns' names. */
    public static String head() {
        return String.format(
                "%-66s %-8s %10s %10s %10s %10s %7s %15s %7s %5s  %s",
                "scenario",
                "unit",
                "carafe",
                "p95",
                "peer",
                "p95",
                "ratio",
                "middle half",
                "target",
                "pairs",
                "verdict");
    }

    /** As a line below {@link #head}. */
    public String line() {
        String of = beside.equals("containerd") ? "" : " (peer: " + beside + ")";
        return String.format(
                Locale.ROOT,
                "%-66s %-8s %10.3f %10.3f %10.3f %10.3f %7.3f %7.3f-%7.3f %7s %5d  %s",
                scenario + of,
                unit,
                carafe,
                carafeP95,
                peer,
                peerP95,
                ratio,
                ratioLow,
                ratioHigh,
                target == null ? "-" : target,
                samples,
                verdict.words());
    }
}
