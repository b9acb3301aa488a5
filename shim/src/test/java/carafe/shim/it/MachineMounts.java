package carafe.shim.it;

import java.io.IOException;
import java.nio.file.Path;

/** Mounts of the machine a test needs, through mount(8). */
final class MachineMounts {
    private MachineMounts() {}

    static void tmpfs(Path at) throws IOException {
        run("mount", "-t", "tmpfs", "tmpfs", at.toString());
    }

    static void makeShared(Path at) throws IOException {
        run("mount", "--make-shared", at.toString());
    }

    static void unmount(Path at) throws IOException {
        run("umount", at.toString());
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
