package carafe.linux;

import java.nio.file.Path;

/** The one thing that the daemon itself does to the mount table: taking a mount of its own out. */
public final class Mounts {
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;

    private Mounts() {}

    /**
     * Detaches the mount on a path that is made of the daemon's own ids, never of pod data; the
     * last component is not followed. No mount there is success.
     */
    public static void detach(Path target) throws SyscallException {
        try {
            NativeCall.run(
                    "umount2",
                    target.toString(),
                    () -> LibC.umount2(CPath.of(target), MNT_DETACH | UMOUNT_NOFOLLOW));
        } catch (SyscallException e) {
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }
}
