package carafe.shim.child;

import carafe.shim.spec.ProcessSpec;
import carafe.shim.sys.Errno;
import carafe.shim.sys.SyscallException;

/** What is written to the machine's procfs for a process before it is born; all is inherited. */
final class HostSettings {
    private final HostProc proc;
    private final BundleFiles bundle;
    private final Progress progress;

    HostSettings(HostProc proc, BundleFiles bundle, Progress progress) {
        this.proc = proc;
        this.bundle = bundle;
        this.progress = progress;
    }

    void apply(ProcessSpec process) throws SyscallException {
        progress.at("process.oom_score_adj");
        try {
            proc.write("self/oom_score_adj", String.valueOf(process.oomScoreAdj()));
        } catch (SyscallException e) {
            if (e.errno() != Errno.EACCES && e.errno() != Errno.EPERM) {
                throw e;
            }
            // Lowering needs CAP_SYS_RESOURCE. A container that is easier to kill is better than
            // none.
            bundle.note(
                    "oom_score_adj " + process.oomScoreAdj() + " is not allowed; left as it is");
        }
        if (process.apparmorProfile() != null) {
            progress.at("process.apparmor", process.apparmorProfile());
            writeLabel("apparmor/", "exec " + process.apparmorProfile());
        }
        if (process.selinuxLabel() != null) {
            progress.at("process.selinux", process.selinuxLabel());
            writeLabel("", process.selinuxLabel());
        }
    }

    private void writeLabel(String module, String label) throws SyscallException {
        try {
            proc.write("self/attr/" + module + "exec", label);
        } catch (SyscallException e) {
            if (module.isEmpty() || e.errno() != Errno.ENOENT) {
                throw e;
            }
            // Linux before 5.8 has no directory per module.
            proc.write("self/attr/exec", label);
        }
    }
}
