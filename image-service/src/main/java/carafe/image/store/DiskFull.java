package carafe.image.store;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** Recognises a full disk or quota, which Java reports as text only. */
public final class DiskFull {
    private DiskFull() {}

    /** Whether the failure means that there is no room. */
    public static boolean is(IOException failure) {
        String reason =
                failure instanceof FileSystemException file
                        ? String.valueOf(file.getReason())
                        : String.valueOf(failure.getMessage());
        return reason.contains("No space left on device") || reason.contains("Disk quota exceeded");
    }
}
