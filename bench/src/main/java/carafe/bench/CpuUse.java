package carafe.bench;

/**
 * Seconds of CPU so far.
 *
 * @param runtime daemon, shims, and the programs that they have run
 * @param containers what was in the pods' cgroups, which includes the last part of becoming a
 *     container
 */
record CpuUse(double runtime, double containers) {
    double total() {
        return runtime + containers;
    }
}
