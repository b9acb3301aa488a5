package carafe.server;

import carafe.config.CarafeConfig;
import carafe.config.ConfigFiles;
import carafe.config.Flags;
import carafe.server.doctor.Doctor;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/** {@code carafe doctor}. */
final class DoctorCommand {
    private final PrintStream out;

    DoctorCommand(PrintStream out) {
        this.out = out;
    }

    int run(List<String> arguments) {
        Flags flags = Flags.parse(arguments, Set.of());
        CarafeConfig config = ConfigFiles.load(flags.config(), flags.values());
        return Doctor.of(config).report(out) ? Main.OK : Main.FAILED;
    }
}
