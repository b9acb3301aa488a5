package carafe.e2e;

import java.util.Locale;

/** Numbers as Grafana shows them. */
final class Units {
    private static final double[] STEPS = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};

    private Units() {}

    /**
     * A number not below the given one that reads well, and so do its quarters.
     *
     * @param whole whether there are whole numbers only
     */
    static double top(double most, String unit, boolean whole) {
        return switch (unit) {
            case "bytes", "Bps" -> binary(most);
            case "percentunit" -> most > 0.6 && most <= 1 ? 1 : 4 * step(most / 4);
            default -> 4 * (whole ? Math.ceil(step(most / 4)) : step(most / 4));
        };
    }

    /** Powers of two, and what is half way between them. */
    private static double binary(double least) {
        double power = 1;
        while (power < least) {
            power *= 2;
        }
        return power * 3 / 4 >= least ? power * 3 / 4 : power;
    }

    private static double step(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double step : STEPS) {
            if (step * power >= least) {
                return step * power;
            }
        }
        return 10 * power;
    }

    static String readable(double value, String unit) {
        return switch (unit) {
            case "bytes" -> scaled(value, 1024, "B");
            case "Bps" -> scaled(value, 1024, "B/s");
            case "s" ->
                    value < 0.001
                            ? number(value * 1e6) + " µs"
                            : value < 1 ? number(value * 1000) + " ms" : number(value) + " s";
            case "percentunit" -> number(value * 100) + " %";
            case "ops", "pps" -> number(value) + "/s";
            default -> scaled(value, 1000, "");
        };
    }

    private static String scaled(double value, int base, String unit) {
        String[] powers = {"", base == 1024 ? "Ki" : "k", base == 1024 ? "Mi" : "M", "G", "T"};
        int power = 0;
        double rest = value;
        while (Math.abs(rest) >= base && power < powers.length - 1) {
            rest /= base;
            power++;
        }
        return number(rest) + (powers[power] + unit).transform(u -> u.isEmpty() ? "" : " " + u);
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT,
                size >= 100 || size == Math.rint(size) ? "%.0f" : size >= 10 ? "%.1f" : "%.2f",
                value);
    }
}
