package carafe.image.snapshot;

/**
 * What a container's writable layer may take, where the file system can tell.
 *
 * @param bytes at most; 0 for as much as there is
 * @param firstProject of the ids that writable layers get, unsigned; 0 for none
 * @param projects how many ids there are
 */
public record WritableLimit(long bytes, int firstProject, int projects) {
    /** Nothing is limited, and no project is given to anybody. */
    public static final WritableLimit NONE = new WritableLimit(0, 0, 0);

    public WritableLimit {
        boolean possible =
                bytes >= 0
                        && projects >= 0
                        && (firstProject == 0) == (projects == 0)
                        // The highest id means "no id".
                        && Integer.toUnsignedLong(firstProject) + projects <= 0xffff_ffffL;
        if (!possible) {
            throw new IllegalArgumentException("not a range of project ids");
        }
    }
}
