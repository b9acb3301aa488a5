package carafe.linux.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeDeleteIT {
    private final FileCalls calls = FileCalls.linux();

    @TempDir Path dir;

    private static String run(Path directory, String script) throws Exception {
        Process process =
                new ProcessBuilder("bash", "-euc", script)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(script + "\n" + text);
        }
        return text;
    }

    private void delete(String name) throws SyscallException {
        try (RootDir root = RootDir.open(calls, dir)) {
            new TreeDelete(calls).delete(root.fd(), RawNames.of(name));
        }
    }

    @Test
    void deletesEveryKindOfEntryAndFollowsNoLink() throws Exception {
        run(
                dir,
                """
                mkdir -p canary victim/a/b; echo x > canary/f; ln -s ../canary victim/a/link
                ln -s "$PWD/canary" victim/abs; ln canary/f victim/hard; mkfifo victim/fifo
                mknod victim/dev c 1 3; : > victim/$'\\xff\\n'; chmod 000 victim/a
                """);

        delete("victim");
        delete("absent");

        assertThat(dir.resolve("victim")).doesNotExist();
        assertThat(dir.resolve("canary/f")).hasContent("x");
    }

    @Test
    void deletesAWideDirectory() throws Exception {
        run(dir, "mkdir victim; cd victim; seq 1 20000 | xargs touch; mkdir -p d{1..50}/e");
        delete("victim");
        assertThat(dir).isEmptyDirectory();
    }

    /** L12: deeper than any path the kernel takes, with descriptors and memory that do not grow. */
    @Test
    void measuresAndDeletesAHundredThousandLevels() throws Exception {
        int levels = 100_000;
        makeDeep(levels);
        try (RootDir root = RootDir.open(calls, dir)) {
            TreeUsage.Total total = TreeUsage.of(calls, root.fd());
            assertThat(total.inodes()).isEqualTo(levels + 1);
            assertThat(total.bytes()).isGreaterThanOrEqualTo(levels * 4096L / 2);
        }
        delete("d");
        assertThat(dir).isEmptyDirectory();
    }

    /** Each level is made at the top and moved below the next, so that no path grows. */
    private void makeDeep(int levels) throws SyscallException {
        byte[] name = RawNames.of("d");
        try (RootDir root = RootDir.open(calls, dir)) {
            calls.mkdirat(root.fd(), name, 0700);
            Fd at = root.open(name, OpenHow.DIRECTORY_NO_LINKS);
            for (int i = 1; i < levels; i++) {
                calls.mkdirat(at.number(), name, 0700);
                Fd next =
                        new Fd(calls, calls.openat2(at.number(), name, OpenHow.DIRECTORY_NO_LINKS));
                at.close();
                at = next;
            }
            at.close();
        }
    }

    /** RL59: what is mounted inside stays as it is, and the call says why it stopped. */
    @Test
    void stopsAtAMount() throws Exception {
        run(dir, "mkdir -p canary victim/a/mnt victim/b; echo x > canary/f; echo y > victim/file");
        Process holder =
                new ProcessBuilder(
                                "bash",
                                "-euc",
                                "mount --bind canary victim/a/mnt; echo up; read -r x")
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .start();
        try {
            assertThat(holder.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("up");
            assertThatThrownBy(() -> delete("victim"))
                    .isInstanceOfSatisfying(
                            SyscallException.class,
                            e -> assertThat(e.errno()).isIn(Errno.EXDEV, Errno.EBUSY));
            assertThat(dir.resolve("canary/f")).hasContent("x");
        } finally {
            holder.getOutputStream().close();
            holder.waitFor();
            run(dir, "umount victim/a/mnt");
        }
        delete("victim");
        assertThat(dir.resolve("canary/f")).hasContent("x");
    }

    @Test
    void stopsAtAMountedFile() throws Exception {
        run(dir, "mkdir victim; echo x > canary; : > victim/f; mount --bind canary victim/f");
        try {
            assertThatThrownBy(() -> delete("victim"))
                    .isInstanceOfSatisfying(
                            SyscallException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));
        } finally {
            run(dir, "umount victim/f");
        }
        assertThat(dir.resolve("canary")).hasContent("x");
    }

    @Test
    void countsHardlinksOnce() throws Exception {
        run(dir, "mkdir t; head -c 1000000 /dev/zero | tr '\\0' x > t/a; ln t/a t/b; ln t/a t/c");
        try (RootDir root = RootDir.open(calls, dir.resolve("t"))) {
            TreeUsage.Total total = TreeUsage.of(calls, root.fd());
            long expected = Long.parseLong(run(dir, "sync t/a; du -B1 -s t | cut -f1").strip());
            assertThat(total.inodes()).isEqualTo(2);
            assertThat(total.bytes()).isEqualTo(expected);
        }
    }

    @Test
    void ballastTakesAndGivesSpace() throws Exception {
        Ballast ballast = new Ballast(calls, dir, "ballast", 1 << 20);
        ballast.reserve();
        ballast.reserve();
        long blocks = Long.parseLong(run(dir, "stat -c %b ballast").strip());
        assertThat(blocks * 512).isGreaterThanOrEqualTo(1 << 20);
        ballast.release();
        ballast.release();
        assertThat(Files.exists(dir.resolve("ballast"))).isFalse();
    }
}
