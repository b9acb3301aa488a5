package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Mounts of the node that a test makes, and takes away again, the last one first. */
final class HostMounts {
    private final Deque<Path> made = new ArrayDeque<>();

    /** A file system in memory. */
    void tmpfs(Path at) throws IOException, InterruptedException {
        run("mount", "-t", "tmpfs", "-o", "mode=777", "tmpfs", at.toString());
        made.push(at);
    }

    /** {@code private}, {@code shared} or {@code slave}. */
    void propagate(Path at, String kind) throws IOException, InterruptedException {
        run("mount", "--make-" + kind, at.toString());
    }

    /** A character device. */
    static void device(Path at, int major, int minor) throws IOException, InterruptedException {
        run("mknod", at.toString(), "c", "" + major, "" + minor);
    }

    void takeAway() throws IOException, InterruptedException {
        while (!made.isEmpty()) {
            run("umount", "-l", made.pop().toString());
        }
    }

    private static void run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", String.join(" ", words), said).isZero();
    }
}
