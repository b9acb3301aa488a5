package carafe.server;

import carafe.base.CarafeException;
import carafe.config.ConfigFiles;
import carafe.config.DefaultFile;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** {@code carafe config default|check FILE}. */
final class ConfigCommand {
    private final PrintStream out;

    ConfigCommand(PrintStream out) {
        this.out = out;
    }

    int run(List<String> arguments) {
        if (arguments.equals(List.of("default"))) {
            out.print(DefaultFile.text());
            return Main.OK;
        }
        if (arguments.size() == 2 && arguments.getFirst().equals("check")) {
            ConfigFiles.check(Path.of(arguments.getLast()));
            out.println(arguments.getLast() + ": no faults");
            return Main.OK;
        }
        throw new CarafeException.Invalid(
                "use \"carafe config default\" or \"carafe config check FILE\"");
    }
}
