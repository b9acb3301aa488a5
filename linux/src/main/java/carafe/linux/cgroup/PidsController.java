package carafe.linux.cgroup;

/** Number of tasks. */
final class PidsController {
    private PidsController() {}

    static void apply(LimitWriter out, long limit) {
        if (limit != 0) {
            out.prefer("pids.max", limit < 0 ? "max" : Long.toString(limit));
        }
    }
}
