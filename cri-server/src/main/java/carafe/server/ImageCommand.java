package carafe.server;

import carafe.base.CarafeException;
import java.io.PrintStream;
import java.util.List;

/** {@code carafe image import|list}. */
final class ImageCommand {
    private final PrintStream out;

    ImageCommand(PrintStream out) {
        this.out = out;
    }

    int run(List<String> arguments) {
        out.println(arguments);
        throw new CarafeException.Invalid("use image import FILE [NAME] or image list");
    }
}
