package carafe.runtime.container;

import carafe.runtime.port.RootfsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Users and groups of images. An image's id says what is in it, so its files are read once: each
 * reading is a thread of its own, because the disk may hang. Thread-safe.
 */
final class ImageAccounts {
    private static final int MAX_FILE_BYTES = 10 << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** Images remembered, those used last. */
    private static final int MAX_IMAGES = 64;

    /** Larger files are an image's own affair: they are read for each of its containers. */
    private static final int MAX_KEPT_BYTES = 8 << 10;

    private final RootfsFiles files;
    private final Map<String, Known> byImage =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
                    return size() > MAX_IMAGES;
                }
            };

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
        Known known = remembered(imageId);
        if (known != null) {
            return known;
        }
        byte[] passwd = read(layersTopFirst, "/etc/passwd");
        byte[] group = read(layersTopFirst, "/etc/group");
        Known fresh = new Known(AccountFile.users(passwd), AccountFile.groups(group));
        if (passwd.length + group.length <= MAX_KEPT_BYTES) {
            synchronized (byImage) {
                byImage.put(imageId, fresh);
            }
        }
        return fresh;
    }

    private @Nullable Known remembered(String imageId) {
        synchronized (byImage) {
            return byImage.get(imageId);
        }
    }

    private byte[] read(List<Path> layersTopFirst, String path) {
        return files.read(layersTopFirst, path, MAX_FILE_BYTES, DEADLINE).orElse(new byte[0]);
    }
}
