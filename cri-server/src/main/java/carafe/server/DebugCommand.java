package carafe.server;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.config.ConfigFiles;
import carafe.config.Flags;
import carafe.rpc.DaemonCalls;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/** {@code carafe debug}: asks the running daemon what it is about. */
record DebugCommand(PrintStream out) {
    private static final String USE =
            "use \"carafe debug operations\", \"carafe debug stacks\", \"carafe debug object ID\" or"
                    + " \"carafe debug log-level LEVEL\"";

    int run(List<String> arguments) {
        int firstFlag = 0;
        while (firstFlag < arguments.size() && !arguments.get(firstFlag).startsWith("--")) {
            firstFlag++;
        }
        List<String> words = arguments.subList(0, firstFlag);
        Flags flags = Flags.parse(arguments.subList(firstFlag, arguments.size()), Set.of());
        if (!isWhole(words)) {
            throw new CarafeException.Invalid(USE);
        }
        CarafeConfig config = ConfigFiles.load(flags.config(), flags.values());
        if (!CriClient.answers(config.socket())) {
            throw new CarafeException.Unavailable(
                    "no daemon answers on %s; name its socket with --socket"
                            .formatted(config.socket()));
        }
        try (CriClient client = new CriClient(config.socket())) {
            String answer = client.call(channel -> DaemonCalls.debug(channel, words));
            out.println(answer);
        }
        return Main.OK;
    }

    private static boolean isWhole(List<String> words) {
        return !words.isEmpty()
                && switch (words.getFirst()) {
                    case "operations", "stacks" -> words.size() == 1;
                    case "object", "log-level" -> words.size() == 2;
                    default -> false;
                };
    }
}
