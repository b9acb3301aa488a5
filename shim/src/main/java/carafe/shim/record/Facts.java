package carafe.shim.record;

/**
 * The few things control and pump must know of the bundle. The launcher, which ends at once, parses
 * the bundle's JSON for them: a parsed configuration would stay in a long-lived process for good.
 *
 * @param terminal whether init gets a terminal
 * @param stdin whether init's standard input is kept open for somebody to attach; else /dev/null
 * @param stdinOnce whether it ends with the first client that has given some
 * @param longestLine most bytes of text in one log line
 * @param logPath absolute, empty = output is read and dropped
 * @param logBase leading directory of logPath in which links are followed, empty = default
 * @param unifiedCgroup absolute directory of the v2 cgroup, empty = none
 * @param processList absolute cgroup.procs file that lists the container's processes, empty = none
 * @param memoryCgroup absolute directory whose OOM counter decides, empty = none
 * @param memoryVersion 1 or 2
 * @param poststart whether hooks are run when it has started
 * @param poststop whether hooks are run when it has ended
 * @param program of another OCI runtime that makes the container, empty = the shim itself does
 */
public record Facts(
        boolean terminal,
        boolean stdin,
        boolean stdinOnce,
        int longestLine,
        String logPath,
        String logBase,
        String unifiedCgroup,
        String processList,
        String memoryCgroup,
        int memoryVersion,
        boolean poststart,
        boolean poststop,
        String program) {
    /** Whether another OCI runtime makes and enters the container. */
    public boolean hasProgram() {
        return !program.isEmpty();
    }
}
