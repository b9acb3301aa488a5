package carafe.shim.child;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.spec.ProgramSpec;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.util.List;

/** The child that does what is to be done when a container has ended. */
final class Aftermath {
    /** Below what the daemon waits for a shim that was told to go. */
    private static final long DELETE_MILLIS = 3_500;

    private final Syscalls sys;
    private final BundleFiles bundle;
    private final Progress progress = new Progress();

    Aftermath(Syscalls sys) {
        this.sys = sys;
        this.bundle = new BundleFiles(sys.files(), sys.memory());
    }

    /** The exit code; a failure is noted in shim.log, as what is left goes with the bundle. */
    int run() {
        try {
            sys.processes().resetSignals();
            StandardStreams streams = new StandardStreams(sys.files());
            streams.install(new ChildIo(-1, -1, -1, -1));
            streams.closeAllBut();
            ProgramSpec spec = ProgramSpec.of(Json.parse(bundle.read("shim.json")));
            if (spec == null) {
                new Hooks(sys, progress).runPoststop(DELETE_MILLIS);
            } else {
                OciProgram.prepare(sys, progress, spec)
                        .run("delete", List.of("--force"), DELETE_MILLIS);
            }
            return 0;
        } catch (SyscallException | RefusedException | JsonException e) {
            bundle.note(progress.step() + ": " + e.getMessage());
            return 1;
        } catch (RuntimeException e) {
            bundle.note(progress.step() + ": internal error: " + e);
            return 1;
        }
    }
}
