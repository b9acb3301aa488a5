package carafe.testkit.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A merged-/usr tree with Debian's static busybox, all its applets, and a few users. */
final class BusyboxTree {
    private static final Path BUSYBOX = Path.of("/usr/bin/busybox");

    private BusyboxTree() {}

    /**
     * Fills the directory.
     *
     * @param tree an existing, empty directory
     * @throws IOException when busybox-static is not installed
     */
    static void write(Path tree, Path scratch) throws IOException, InterruptedException {
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String dir :
                List.of("usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "etc", "root", "home/app")) {
            Files.createDirectories(tree.resolve(dir));
        }
        for (String dir : List.of("dev", "proc", "sys", "run", "var/tmp", "mnt", "tmp")) {
            Files.createDirectories(tree.resolve(dir));
        }
        Files.setPosixFilePermissions(
                tree.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
        for (String merged : List.of("bin", "sbin", "lib", "lib64")) {
            Files.createSymbolicLink(tree.resolve(merged), Path.of("usr", merged));
        }
        Path busybox = tree.resolve("usr/bin/busybox");
        Files.copy(BUSYBOX, busybox, StandardCopyOption.COPY_ATTRIBUTES);
        List<String> list = List.of(BUSYBOX.toString(), "--list");
        for (String applet : Command.run(scratch, list).lines().toList()) {
            Path link = tree.resolve("usr/bin").resolve(applet);
            if (!Files.exists(link)) {
                // Hard links, as the official busybox image has: a mount over one hides only that
                // one.
                Files.createLink(link, busybox);
            }
        }
        writeScripts(tree);
        Files.writeString(
                tree.resolve("etc/passwd"),
                """
                root:x:0:0:root:/root:/bin/sh
                app:x:1000:1000:app:/home/app:/bin/sh
                www-data:x:33:33:www-data:/var/www:/bin/false
                nobody:x:65534:65534:nobody:/:/bin/false
                """);
        Files.writeString(
                tree.resolve("etc/group"),
                """
                root:x:0:
                app:x:1000:
                extra:x:2000:app
                www-data:x:33:
                nogroup:x:65534:
                """);
    }

    /** Programs of other builds of busybox, that conformance tests run. */
    private static void writeScripts(Path tree) throws IOException {
        writeScript(
                tree.resolve("usr/bin/pgrep"),
                """
                #!/bin/sh
                found=1
                for dir in /proc/[0-9]*; do
                    if [ "$(cat "$dir/comm" 2>/dev/null)" = "$1" ]; then
                        echo "${dir#/proc/}"
                        found=0
                    fi
                done
                exit $found
                """);
        writeScript(tree.resolve("usr/bin/ipcs"), "#!/bin/sh\ncat /proc/sysvipc/shm\n");
    }

    private static void writeScript(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
