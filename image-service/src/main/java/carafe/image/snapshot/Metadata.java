package carafe.image.snapshot;

import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.RawNames;
import java.nio.charset.StandardCharsets;

/** Copies what a directory or file is, apart from its content. */
public final class Metadata {
    private static final byte[] SELF = {};
    private static final String OVERLAY = "trusted.overlay.";
    private static final String OWN = "trusted.carafe.";

    private Metadata() {}

    /** Copies owner, mode, attributes and times between two open files, overlayfs' marks not. */
    public static void copy(FileCalls calls, int from, int to) throws SyscallException {
        FileStat stat = calls.stat(from, SELF);
        // The owner first: changing it clears the setuid bit and file capabilities.
        calls.fchown(to, stat.uid(), stat.gid());
        calls.fchmod(to, stat.permissions());
        for (byte[] attribute : calls.flistxattr(from)) {
            String name = new String(attribute, StandardCharsets.ISO_8859_1);
            if (!name.startsWith(OVERLAY) && !name.startsWith(OWN)) {
                calls.fsetxattr(to, attribute, calls.fgetxattr(from, attribute));
            }
        }
        calls.futimens(to, stat.modified());
    }

    /** A mark of ours on a directory that only a deeper entry implied so far. */
    public static final String IMPLIED = OWN + "implied";

    /** The raw name of {@link #IMPLIED}. */
    public static byte[] implied() {
        return RawNames.of(IMPLIED);
    }
}
