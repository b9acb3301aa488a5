package carafe.shim.child;

import carafe.shim.sys.SyscallException;

/**
 * Starts the container's processes; used by control, which allocates next to nothing here: the work
 * is done in the forked setup child. Every process made this way is a child of the caller and is
 * reaped by it. The working directory is the bundle.
 */
public interface Children {
    /**
     * Forks the setup child that makes the container and its init, which then waits for one byte on
     * {@link Child#start()} and execs. When that pipe is closed without a byte, init ends.
     *
     * @param io descriptors of the container's standard streams; stay the caller's
     * @param cgroupFd directory of the container's v2 cgroup, -1 when there is no v2 tree; stays
     *     the caller's
     */
    Child startInit(ChildIo io, int cgroupFd) throws SyscallException;

    /**
     * Forks the setup child that enters the container and runs a process in it at once.
     *
     * @param frame the request; a frame that is damaged is reported as Failed
     * @param initPidfd pidfd of the container's init
     * @param io descriptors of the process's standard streams; stay the caller's
     * @param cgroupFd as above
     */
    Child startExec(ExecFrame frame, int initPidfd, ChildIo io, int cgroupFd)
            throws SyscallException;

    /**
     * Forks the child that runs hooks. What fails is reported as Failed; it ends with code 0 when
     * all went well.
     *
     * @param pid process that holds the container's namespaces
     */
    Child startHooks(HookStage stage, int pid) throws SyscallException;

    /**
     * Forks the child that has the OCI runtime of shim.json forget the container, which has ended,
     * or runs the hooks for that.
     *
     * @return its pid; it ends within seconds, whatever they do
     */
    int startRemoval() throws SyscallException;
}
