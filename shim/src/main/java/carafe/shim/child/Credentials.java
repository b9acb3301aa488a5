package carafe.shim.child;

import carafe.shim.spec.ProcessSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.CredentialCalls;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import org.jspecify.annotations.Nullable;

/**
 * The last steps before execve: who the process is and what it may do. Sets that execve computes
 * from are final first; CAP_SYS_ADMIN stays in the permitted and effective sets until seccomp has
 * been loaded (without no_new_privs the kernel asks for it) and is dropped by execve itself, since
 * the bounding and ambient sets do not have it.
 */
final class Credentials {
    private static final int CAP_SYS_ADMIN = 21;
    private static final int INSTRUCTION = 8;

    private final CredentialCalls credentials;
    private final ProcessCalls processes;
    private final Progress progress;

    Credentials(CredentialCalls credentials, ProcessCalls processes, Progress progress) {
        this.credentials = credentials;
        this.processes = processes;
        this.progress = progress;
    }

    /** Everything up to seccomp. */
    void apply(ProcessSpec process, boolean filtered) throws SyscallException {
        progress.at("credentials.keyring");
        try {
            processes.newSessionKeyring();
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOSYS) {
                throw e;
            }
        }
        ProcessSpec.Capabilities wanted = process.capabilities();
        progress.at("credentials.bounding");
        credentials.limitBounding(wanted.bounding());
        credentials.clearAmbient();
        progress.at("credentials.groups");
        credentials.setGroups(process.user().additionalGids());
        progress.at("credentials.gid");
        credentials.setGid(process.user().gid());
        progress.at("credentials.uid");
        credentials.setKeepCapabilities(1);
        credentials.setUid(process.user().uid());
        progress.at("credentials.capabilities");
        long own = credentials.permitted();
        long extra = filtered ? 1L << CAP_SYS_ADMIN : 0;
        long permitted = (wanted.permitted() | extra) & own;
        long inheritable = wanted.inheritable() & own & wanted.bounding();
        credentials.setCapabilities(
                (wanted.effective() | extra) & permitted, permitted, inheritable);
        long ambient = wanted.ambient() & inheritable & permitted;
        while (ambient != 0) {
            credentials.raiseAmbient(Long.numberOfTrailingZeros(ambient));
            ambient &= ambient - 1;
        }
        if (process.noNewPrivileges()) {
            progress.at("credentials.no_new_privs");
            credentials.setNoNewPrivileges();
        }
    }

    /**
     * Loads the filter, if there is one. From here on a call that the filter does not know fails:
     * only execve may follow.
     *
     * @param filter the file's content and one byte more
     */
    void loadFilter(@Nullable Buffer filter) throws SyscallException, RefusedException {
        if (filter == null) {
            return;
        }
        progress.at("seccomp");
        int length = filter.size() - 1;
        if (length % INSTRUCTION != 0) {
            throw new RefusedException("the compiled seccomp filter is damaged");
        }
        credentials.loadSeccomp(filter, length / INSTRUCTION, 0);
    }
}
