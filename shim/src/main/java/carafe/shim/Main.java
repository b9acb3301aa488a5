package carafe.shim;

import carafe.shim.sys.NativeSyscalls;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;

/** Entry of the program carafe-shim; its one argument is the role. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Syscalls sys = NativeSyscalls.open();
        sys.processes().setCommandLine("carafe-shim", args);
        byte[] text =
                Utf8.encode(
                        "pid "
                                + sys.processes().pid()
                                + " "
                                + sys.processes().startTicks(sys.processes().pid())
                                + "\n");
        sys.files().write(1, text, 0, text.length);
    }
}
