package carafe.server.doctor;

import carafe.config.CarafeConfig;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Whether images and state have room, on file systems that can hold them. */
record DiskCheck(CarafeConfig.Storage storage) implements Check {
    private static final long GIB = 1L << 30;
    private static final long NEEDED_BYTES = 2 * GIB;

    /** File systems on which overlayfs cannot have its upper directory. */
    private static final Set<String> NO_UPPER = Set.of("overlay", "nfs", "nfs4", "vfat", "fuseblk");

    @Override
    public List<Finding> run() {
        return List.of(root(storage.root()), state(storage.state()));
    }

    private static Finding root(Path root) {
        String topic = "images' disk";
        try {
            FileStore store = Files.getFileStore(existing(root));
            String found =
                    "%s: %s with %.1f GiB free"
                            .formatted(root, store.type(), (double) store.getUsableSpace() / GIB);
            if (NO_UPPER.contains(store.type())) {
                return Finding.fail(
                        topic,
                        found,
                        "the kernel refuses writable layers of containers on this file system",
                        "give --root a directory on ext4, xfs or btrfs");
            }
            if (store.getUsableSpace() < NEEDED_BYTES) {
                return Finding.warn(
                        topic,
                        found,
                        "pulls of larger images end with \"no space left\"",
                        "free space, or give --root a directory on a larger disk");
            }
            return Finding.ok(topic, found);
        } catch (IOException e) {
            return Finding.fail(
                    topic, root + ": " + e, "nothing can be kept", "choose another --root");
        }
    }

    private static Finding state(Path state) {
        String topic = "state";
        try {
            FileStore store = Files.getFileStore(existing(state));
            return Finding.ok(topic, "%s: %s".formatted(state, store.type()));
        } catch (IOException e) {
            return Finding.fail(
                    topic, state + ": " + e, "no socket can be made", "choose another --state");
        }
    }

    /** The path, or what is there of it. */
    static Path existing(Path path) {
        Path at = path.toAbsolutePath();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }
}
