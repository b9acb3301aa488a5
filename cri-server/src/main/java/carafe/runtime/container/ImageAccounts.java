package carafe.runtime.container;

import carafe.base.Recent;
import carafe.runtime.port.RootfsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Users and groups of images. An image's id says what is in it, so its files are read once: a
 * reading goes over another thread, because the disk may hang. Thread-safe.
 */
final class ImageAccounts {
    private static final int MAX_FILE_BYTES = 10 << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** Images remembered, those used last. */
    private static final int MAX_IMAGES = 64;

    /** Larger files are an image's own affair: they are read for each of its containers. */
    private static final int MAX_KEPT_BYTES = 8 << 10;

    private final RootfsFiles files;
    private final Recent<String, Known> byImage = new Recent<>(MAX_IMAGES);

    ImageAccounts(RootfsFiles files) {
        this.files = files;
    }

    /** What /etc/passwd and /etc/group of an image say. */
    record Known(List<AccountFile.User> users, List<AccountFile.Group> groups) {
        Known {
            users = List.copyOf(users);
            groups = List.copyOf(groups);
        }
    }

    /**
     * @throws carafe.base.CarafeException.Invalid when one of the files cannot be believed
     */
    Known of(String imageId, List<Path> layersTopFirst) {
        return byImage.find(imageId).orElseGet(() -> read(imageId, layersTopFirst));
    }

    private Known read(String imageId, List<Path> layersTopFirst) {
        byte[] passwd = read(layersTopFirst, "/etc/passwd");
        byte[] group = read(layersTopFirst, "/etc/group");
        Known fresh = new Known(AccountFile.users(passwd), AccountFile.groups(group));
        if (passwd.length + group.length <= MAX_KEPT_BYTES) {
            byImage.keep(imageId, fresh);
        }
        return fresh;
    }

    private byte[] read(List<Path> layersTopFirst, String path) {
        return files.read(layersTopFirst, path, MAX_FILE_BYTES, DEADLINE).orElse(new byte[0]);
    }
}
