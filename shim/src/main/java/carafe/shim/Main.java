package carafe.shim;

import carafe.shim.pod.Pod;
import carafe.shim.sys.NativeSyscalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;

/** Entry of the program carafe-shim; its one argument is the role. */
public final class Main {
    private static final int USAGE = 2;

    private Main() {}

    public static void main(String[] args) {
        Syscalls sys = NativeSyscalls.open();
        sys.processes().exit(run(sys, args));
    }

    private static int run(Syscalls sys, String[] args) {
        try {
            new Launcher(sys).prepare(args);
        } catch (SyscallException e) {
            complain(sys, "start: " + e.getMessage());
            return 1;
        }
        String role = args.length == 1 ? args[0] : "";
        return switch (role) {
            case "pod" -> new Pod(sys).run();
            default -> {
                complain(sys, "the one argument is the role: pod");
                yield USAGE;
            }
        };
    }

    private static void complain(Syscalls sys, String text) {
        byte[] line = Utf8.encode("carafe-shim: " + text + "\n");
        sys.files().write(2, line, 0, line.length);
    }
}
