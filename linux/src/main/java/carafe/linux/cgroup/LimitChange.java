package carafe.linux.cgroup;

import carafe.base.CarafeException;
import java.util.List;

/** Limits of one cgroup that were changed and can be taken back. Used by one thread at a time. */
public final class LimitChange {
    private final CgroupPath path;
    private final LimitJournal journal;
    private final List<Degradation> degradations;

    LimitChange(CgroupPath path, LimitJournal journal, List<Degradation> degradations) {
        this.path = path;
        this.journal = journal;
        this.degradations = List.copyOf(degradations);
    }

    /** What this machine cannot limit; it was left out of the change. */
    public List<Degradation> degradations() {
        return degradations;
    }

    /**
     * Writes back what stood there before, newest first; doing so again does nothing.
     *
     * @throws CarafeException.Internal naming what could not be taken back
     */
    public void undo() {
        List<String> left = journal.undo();
        if (!left.isEmpty()) {
            throw new CarafeException.Internal(
                    "take back the limits of cgroup %s: %s"
                            .formatted(path, String.join("; ", left)));
        }
    }
}
