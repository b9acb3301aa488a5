package carafe.server;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.config.ConfigFiles;
import carafe.config.Flags;
import carafe.rpc.DaemonCalls;
import java.io.Console;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code carafe image pull|import|list}: asks the daemon, which is the only one to write its store.
 * Flags as for {@code serve}, after the operands.
 */
final class ImageCommand {
    private static final String USE =
            "use \"carafe image pull NAME\", \"carafe image import FILE [NAME]\" or \"carafe image list\"";
    private static final double MIB = 1 << 20;

    private final PrintStream out;

    ImageCommand(PrintStream out) {
        this.out = out;
    }

    int run(List<String> arguments) {
        int firstFlag = 0;
        while (firstFlag < arguments.size() && !arguments.get(firstFlag).startsWith("--")) {
            firstFlag++;
        }
        List<String> operands = arguments.subList(0, firstFlag);
        Flags flags =
                Flags.parse(arguments.subList(firstFlag, arguments.size()), java.util.Set.of());
        if (operands.isEmpty()) {
            throw new CarafeException.Invalid(USE);
        }
        CarafeConfig config = ConfigFiles.load(flags.config(), flags.values());
        if (!CriClient.answers(config.socket())) {
            throw new CarafeException.Unavailable(
                    "no daemon answers on %s; start one with \"carafe serve\", or name its socket"
                            .concat(" with --socket")
                            .formatted(config.socket()));
        }
        try (CriClient client = new CriClient(config.socket())) {
            return run(operands, client);
        }
    }

    private int run(List<String> operands, CriClient client) {
        if (operands.equals(List.of("list"))) {
            client.call(DaemonCalls::listImages).forEach(this::print);
            return Main.OK;
        }
        if (operands.getFirst().equals("pull") && operands.size() == 2) {
            out.println(pull(operands.get(1), client));
            return Main.OK;
        }
        if (operands.getFirst().equals("import")
                && (operands.size() == 2 || operands.size() == 3)) {
            Path archive = Path.of(operands.get(1)).toAbsolutePath().normalize();
            Optional<String> name =
                    operands.size() == 3 ? Optional.of(operands.get(2)) : Optional.empty();
            String id = client.call(c -> DaemonCalls.importImage(c, archive, name));
            out.println(id);
            return Main.OK;
        }
        throw new CarafeException.Invalid(USE);
    }

    /** With a bar where somebody looks on. */
    private String pull(String name, CriClient client) {
        Console console = Objects.requireNonNull(System.console());
        if (!console.isTerminal()) {
            return client.call(c -> DaemonCalls.pullImage(c, name, _ -> {}));
        }
        ProgressBar bar = new ProgressBar(out);
        try {
            return client.call(c -> DaemonCalls.pullImage(c, name, bar::show));
        } finally {
            bar.clear();
        }
    }

    private void print(DaemonCalls.ImageRow image) {
        String short12 = image.id().replace("sha256:", "");
        out.printf(
                "%s  %8.1f MiB  %s%n",
                short12.substring(0, Math.min(12, short12.length())),
                image.sizeBytes() / MIB,
                image.names().isEmpty() ? "<none>" : String.join(" ", image.names()));
    }
}
