package carafe.config;

/**
 * What containers write beside their volumes.
 *
 * @param limit 0 for none
 * @param firstProjectId 1 or more
 * @param projectIds 0 for no projects at all
 */
public record WritableLayersSection(
        @Doc(
                        "Most that one container may write into its root file system, where that of storage.root has project quotas; 0B for as much as there is.")
                Bytes limit,
        @Doc("First of the project ids that containers' writable layers get.") int firstProjectId,
        @Doc("How many project ids there are; 0 to give none and to limit nothing.")
                int projectIds) {
    private static final int FIRST = 1_100_000_000;
    private static final int IDS = 65_536;

    public WritableLayersSection {
        if (firstProjectId < 1 || projectIds < 0 || firstProjectId + (long) projectIds > 1L << 31) {
            throw new IllegalArgumentException(
                    "project ids are 1 to %d, and %d from %d on are not"
                            .formatted(Integer.MAX_VALUE, projectIds, firstProjectId));
        }
        if (limit.count() > 0 && projectIds == 0) {
            throw new IllegalArgumentException(
                    "limit is %s, which needs project_ids".formatted(limit));
        }
    }

    static WritableLayersSection usual() {
        return new WritableLayersSection(Bytes.ofMiB(0), FIRST, IDS);
    }
}
