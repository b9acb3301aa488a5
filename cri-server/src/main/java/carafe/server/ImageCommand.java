package carafe.server;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.config.ConfigFiles;
import carafe.config.Flags;
import carafe.image.Verification;
import carafe.rpc.DaemonCalls;
import java.io.Console;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code carafe image pull|import|list|remove|verify}: asks the daemon, which is the only one to
 * write its store. Flags as for {@code serve}, after the operands.
 */
final class ImageCommand {
    private static final String USE =
            "use \"carafe image pull NAME\", \"carafe image import FILE [NAME]\", \"carafe image list\","
                    + " \"carafe image remove"
                    + " NAME...\" or \"carafe image verify [NAME]\"";

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
        List<String> names = operands.subList(1, operands.size());
        int count = names.size();
        return switch (operands.getFirst()) {
            case "list" -> count == 0 ? list(client) : wrongUse();
            case "pull" -> count == 1 ? pull(names, client) : wrongUse();
            case "import" -> count == 1 || count == 2 ? importFile(names, client) : wrongUse();
            case "remove" -> count > 0 ? remove(names, client) : wrongUse();
            case "verify" -> count <= 1 ? verify(names, client) : wrongUse();
            default -> wrongUse();
        };
    }

    /** With a bar where somebody looks on. */
    private int pull(List<String> names, CriClient client) {
        out.println(pulled(names.getFirst(), client));
        return Main.OK;
    }

    @SuppressWarnings("SystemConsoleNull") // was so from JDK 22 to 24 only
    private String pulled(String name, CriClient client) {
        @Nullable Console console = System.console(); // null where nobody looks on
        if (console == null || !console.isTerminal()) {
            return client.call(c -> DaemonCalls.pullImage(c, name, _ -> {}));
        }
        ProgressBar bar = new ProgressBar(out);
        try {
            return client.call(c -> DaemonCalls.pullImage(c, name, bar::show));
        } finally {
            bar.clear();
        }
    }

    private static int wrongUse() {
        throw new CarafeException.Invalid(USE);
    }

    private int list(CriClient client) {
        client.call(DaemonCalls::listImages).forEach(new ImageReport(out)::row);
        return Main.OK;
    }

    private int importFile(List<String> names, CriClient client) {
        Path archive = Path.of(names.getFirst()).toAbsolutePath().normalize();
        Optional<String> name = names.size() == 2 ? Optional.of(names.get(1)) : Optional.empty();
        String id = client.call(c -> DaemonCalls.importImage(c, archive, name));
        out.println(id);
        return Main.OK;
    }

    /** All that can be removed are, whatever happens to the others. */
    private int remove(List<String> names, CriClient client) {
        int code = Main.OK;
        for (String name : names) {
            try {
                boolean present = client.call(c -> DaemonCalls.removeImage(c, name));
                out.println(present ? "removed " + name : "there is no image " + name);
            } catch (CarafeException e) {
                out.println("not removed " + name + ": " + e.getMessage());
                code = Main.FAILED;
            }
        }
        return code;
    }

    private int verify(List<String> names, CriClient client) {
        String name = names.isEmpty() ? "" : names.getFirst();
        Verification found = client.call(c -> DaemonCalls.verifyImages(c, name));
        new ImageReport(out).verified(found);
        return found.damages().isEmpty() ? Main.OK : Main.FAILED;
    }
}
