package carafe.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A FUSE file system whose server answers what its mount needs and nothing else: who looks up a
 * name in it is in uninterruptible sleep, which no signal ends, until the server goes.
 */
final class StuckFileSystem implements AutoCloseable {
    private static final String SERVER =
            """
            exec 3<>/dev/fuse || exit 9
            mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0,allow_other stuck "$1" || exit 9
            echo ready
            zeros() { head -c "$1" /dev/zero; }
            while dd bs=1M count=1 <&3 of="$2" 2>/dev/null && [ -s "$2" ]; do
                unique=$(od -An -tx1 -j 8 -N 8 "$2" | sed 's/ /\\\\x/g')
                case $(od -An -tu4 -j 4 -N 4 "$2" | tr -d ' ') in
                26) { printf '\\x50\\0\\0\\0\\0\\0\\0\\0'"$unique"'\\x07\\0\\0\\0\\x1f\\0\\0\\0'
                      zeros 12; printf '\\0\\x10\\0\\0'; zeros 40; } > "$2.reply" ;;
                3) { printf '\\x78\\0\\0\\0\\0\\0\\0\\0'"$unique"'\\x3c\\0\\0\\0\\0\\0\\0\\0'; zeros 8
                     printf '\\x01\\0\\0\\0\\0\\0\\0\\0'; zeros 52
                     printf '\\xed\\x41\\0\\0\\x01\\0\\0\\0'; zeros 20; } > "$2.reply" ;;
                1 | 2 | 36 | 42) continue ;;
                *) printf '\\x10\\0\\0\\0\\xda\\xff\\xff\\xff'"$unique" > "$2.reply" ;;
                esac
                cat "$2.reply" >&3
            done
            """;

    private final Process server;
    private final Path mountPoint;

    private StuckFileSystem(Process server, Path mountPoint) {
        this.server = server;
        this.mountPoint = mountPoint;
    }

    /** Mounts one below a directory; skips the test where the kernel has no FUSE. */
    static StuckFileSystem mount(Path scratch) throws IOException {
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/fuse")), "needs FUSE");
        Path mountPoint = Files.createDirectory(scratch.resolve("stuck"));
        Path script = Files.writeString(scratch.resolve("stuck.sh"), SERVER);
        Process server =
                new ProcessBuilder(
                                "/bin/bash",
                                script.toString(),
                                mountPoint.toString(),
                                scratch.resolve("request").toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        BufferedReader said = server.inputReader(StandardCharsets.UTF_8);
        Assumptions.assumeTrue("ready".equals(said.readLine()), "FUSE cannot be mounted here");
        return new StuckFileSystem(server, mountPoint);
    }

    Path mountPoint() {
        return mountPoint;
    }

    /** Lets everybody go who waits. */
    void release() {
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        server.destroyForcibly();
    }

    @Override
    public void close() throws IOException {
        release();
        Process unmount = new ProcessBuilder("umount", "-l", mountPoint.toString()).start();
        try {
            if (!unmount.waitFor(20, TimeUnit.SECONDS) || unmount.exitValue() != 0) {
                throw new IOException("umount " + mountPoint);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
