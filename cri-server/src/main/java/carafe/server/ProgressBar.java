package carafe.server;

import carafe.rpc.DaemonCalls;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/** A pull's progress, drawn over itself on one line of a terminal. Used by one thread. */
final class ProgressBar {
    private static final int WIDTH = 30;
    private static final double MIB = 1 << 20;

    private final PrintStream terminal;
    private int drawn;

    ProgressBar(PrintStream terminal) {
        this.terminal = terminal;
    }

    /** Draws how far it is now. */
    void show(DaemonCalls.PullStep step) {
        String line = line(step);
        // What the last line had more is drawn over.
        terminal.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
        terminal.flush();
        drawn = line.length();
    }

    /** Leaves the line empty for what is printed next. */
    void clear() {
        if (drawn > 0) {
            terminal.print("\r" + " ".repeat(drawn) + "\r");
            terminal.flush();
            drawn = 0;
        }
    }

    static String line(DaemonCalls.PullStep step) {
        double share = step.bytes() == 0 ? 0 : (double) step.bytesDone() / step.bytes();
        int filled = (int) (share * WIDTH);
        StringBuilder line = new StringBuilder();
        line.append('[')
                .append("#".repeat(filled))
                .append("-".repeat(WIDTH - filled))
                .append(
                        String.format(
                                Locale.ROOT,
                                "] %3d %% of %.1f MiB, layers:",
                                (int) (share * 100),
                                step.bytes() / MIB));
        for (Map.Entry<String, Integer> layers : step.layers().entrySet()) {
            if (layers.getValue() > 0) {
                line.append(' ').append(layers.getValue()).append(' ').append(layers.getKey());
            }
        }
        if (step.queuePosition() > 0) {
            line.append(", number ").append(step.queuePosition()).append(" in the queue");
        }
        return line.toString();
    }
}
