package carafe.runtime.api;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The signal that asks a container to end.
 *
 * @param name {@code SIGTERM}, {@code SIGRTMIN+3}, {@code SIGRTMAX-1} …
 * @param number the kernel's, 1–64
 */
public record StopSignal(String name, int number) {
    /** SIGTERM, when neither request nor image say otherwise. */
    public static final StopSignal TERM = new StopSignal("SIGTERM", 15);

    private static final int RTMIN = 34;
    private static final int RTMAX = 64;
    private static final List<String> NAMES =
            List.of(
                    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
                    "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP",
                    "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
                    "PWR", "SYS");
    private static final Map<String, String> ALIASES =
            Map.of("IOT", "ABRT", "CLD", "CHLD", "POLL", "IO", "UNUSED", "SYS");

    /**
     * Reads a signal's name, with or without {@code SIG}, or its number.
     *
     * @return empty when there is no such signal
     */
    public static Optional<StopSignal> parse(String text) {
        if (text.matches("[0-9]{1,2}")) {
            return ofNumber(Integer.parseInt(text));
        }
        String upper = text.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
        String known = ALIASES.getOrDefault(name, name);
        int index = NAMES.indexOf(known);
        return index >= 0
                ? Optional.of(new StopSignal("SIG" + name, index + 1))
                : realTime(name).map(number -> new StopSignal("SIG" + name, number));
    }

    /** The signal of a number of the kernel's; empty when it is not one of 1–31 and 34–64. */
    public static Optional<StopSignal> ofNumber(int number) {
        if (number >= 1 && number <= NAMES.size()) {
            return Optional.of(new StopSignal("SIG" + NAMES.get(number - 1), number));
        }
        if (number < RTMIN || number > RTMAX) {
            return Optional.empty();
        }
        int above = number - RTMIN;
        int below = RTMAX - number;
        String name =
                above <= below ? offset("SIGRTMIN", '+', above) : offset("SIGRTMAX", '-', below);
        return Optional.of(new StopSignal(name, number));
    }

    private static String offset(String base, char sign, int distance) {
        return distance == 0 ? base : base + sign + distance;
    }

    private static Optional<Integer> realTime(String name) {
        if (name.equals("RTMIN")) {
            return Optional.of(RTMIN);
        }
        if (name.equals("RTMAX")) {
            return Optional.of(RTMAX);
        }
        if (!name.matches("RTM(IN\\+|AX-)[0-9]{1,2}")) {
            return Optional.empty();
        }
        int distance = Integer.parseInt(name.substring(6));
        int number = name.charAt(5) == '+' ? RTMIN + distance : RTMAX - distance;
        return number < RTMIN || number > RTMAX ? Optional.empty() : Optional.of(number);
    }
}
