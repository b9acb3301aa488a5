package carafe.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The file system that holds a path.
 *
 * @param device what is mounted, such as {@code /dev/sda1}
 * @param totalInodes 0 where there is no fixed number
 */
public record FileSystemRoom(String device, long totalBytes, long totalInodes, long freeInodes) {
    /** As it is now; empty when the path is gone. */
    public static Optional<FileSystemRoom> of(Path path) {
        try {
            Statfs room = Statfs.of(path);
            return Optional.of(
                    new FileSystemRoom(
                            device(path.toRealPath(), MountInfo.read()),
                            room.totalBytes(),
                            room.totalInodes(),
                            room.freeInodes()));
        } catch (IOException e) { // SyscallException is one
            return Optional.empty();
        }
    }

    /** Of the deepest mount that the path is in, the last one where several are at one place. */
    static String device(Path path, List<MountInfo> mounts) {
        String device = "";
        int depth = -1;
        for (MountInfo mount : mounts) {
            if (path.startsWith(mount.target()) && mount.target().getNameCount() >= depth) {
                device = mount.source();
                depth = mount.target().getNameCount();
            }
        }
        return device;
    }
}
