package carafe.image.archive;

import carafe.base.CarafeException;
import carafe.image.reference.Excerpt;
import carafe.image.store.DiskFull;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.zip.ZipException;

/** Names what went wrong with an archive. */
final class ArchiveErrors {
    private ArchiveErrors() {}

    static CarafeException of(IOException failure) {
        String message = Excerpt.plain(String.valueOf(failure.getMessage()));
        if (DiskFull.is(failure)) {
            return new CarafeException.Exhausted("no room to unpack the archive: " + message);
        }
        return switch (failure) {
            case NoSuchFileException _ ->
                    new CarafeException.Invalid("the archive lacks " + message, failure);
            case ZipException _, EOFException _ ->
                    new CarafeException.Invalid("the archive is damaged: " + message, failure);
            default -> new CarafeException.Internal("cannot read the archive: " + message, failure);
        };
    }
}
