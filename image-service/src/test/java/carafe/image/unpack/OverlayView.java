package carafe.image.unpack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What overlayfs shows of directories: mounted in a mount namespace of its own, seen from here. */
final class OverlayView implements AutoCloseable {
    private final Process holder;
    private final Path mounted;

    /**
     * @param lowerTopFirst at least one
     * @param scratch an empty directory on a disk that can hold an upper directory
     */
    OverlayView(List<Path> lowerTopFirst, Path scratch) throws IOException {
        for (String name : new String[] {"upper", "work", "merged"}) {
            Files.createDirectories(scratch.resolve(name));
        }
        String lower = lowerTopFirst.stream().map(Path::toString).collect(Collectors.joining(":"));
        String options =
                "lowerdir=%s,upperdir=%s/upper,workdir=%s/work,redirect_dir=off,metacopy=off,index=off"
                        .formatted(lower, scratch, scratch);
        holder =
                new ProcessBuilder(
                                "unshare",
                                "-m",
                                "bash",
                                "-euc",
                                "mount -t overlay overlay -o \"$1\" \"$2\"; echo up; read -r x",
                                "overlay",
                                options,
                                scratch.resolve("merged").toString())
                        .redirectErrorStream(true)
                        .start();
        BufferedReader answers =
                new BufferedReader(
                        new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
        String answer = answers.readLine();
        if (!"up".equals(answer)) {
            throw new IOException("mount failed: " + answer);
        }
        mounted = Path.of("/proc/" + holder.pid() + "/root" + scratch.resolve("merged"));
    }

    /** The merged directory. */
    Path path() {
        return mounted;
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
        holder.onExit().join();
    }
}
