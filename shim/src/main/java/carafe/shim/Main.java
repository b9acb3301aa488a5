package carafe.shim;

import carafe.shim.child.ForkedChildren;
import carafe.shim.child.PodRole;
import carafe.shim.child.ProbeRole;
import carafe.shim.control.ContainerRole;
import carafe.shim.control.SpawnerRole;
import carafe.shim.net.NetsockRole;
import carafe.shim.sys.NativeSyscalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;

/**
 * Entry of the program carafe-shim. Its one argument is the role; its working directory, the
 * bundle.
 */
public final class Main {
    private static final String NAME = "carafe-shim";
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_FAILED = 1;

    private Main() {}

    public static void main(String[] args) {
        Syscalls sys = NativeSyscalls.open();
        int code = EXIT_FAILED;
        try {
            becomeShim(sys, args);
            code = run(sys, args);
        } catch (SyscallException e) {
            say(sys, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            say(sys, "internal error: " + e);
        }
        sys.processes().exit(code);
    }

    /** Drops whatever was inherited from the daemon's JVM but the standard streams. */
    private static void becomeShim(Syscalls sys, String[] args) throws SyscallException {
        ProcessCalls processes = sys.processes();
        processes.setName(NAME);
        processes.setCommandLine(NAME, args);
        sys.files().closeRange(3, -1);
        processes.setDumpable(0);
        processes.resetSignals();
        processes.setUmask(077);
    }

    private static int run(Syscalls sys, String[] args) throws SyscallException {
        String role = args.length == 1 ? args[0] : "";
        return switch (role) {
            case "container", "pod" -> runBundle(sys, role);
            case "spawn-shims" -> new SpawnerRole(sys, each -> runBundle(sys, each)).run();
            case "probe" -> new ProbeRole(sys).run();
            case "netsock" -> new NetsockRole(sys).run();
            default -> {
                say(
                        sys,
                        "usage: carafe-shim container|pod|netsock|probe, in the directory of a"
                                + " bundle; or spawn-shims");
                yield EXIT_USAGE;
            }
        };
    }

    private static int runBundle(Syscalls sys, String role) {
        return role.equals("pod")
                ? new PodRole(sys).run()
                : new ContainerRole(sys, new ForkedChildren(sys)).run();
    }

    private static void say(Syscalls sys, String text) {
        byte[] line = Utf8.encode(NAME + ": " + text + "\n");
        int _ = sys.files().write(2, line, 0, line.length);
    }
}
