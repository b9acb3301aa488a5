package carafe.testkit.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Debian's nginx as a tree for an image. */
final class DebianNginx {
    private final Path program;
    private final Path scratch;

    private DebianNginx(Path program, Path scratch) {
        this.program = program;
        this.scratch = scratch;
    }

    /**
     * Fetches the package with apt, unless nginx is installed.
     *
     * @param scratch an existing directory, where the package goes
     * @throws IOException when apt cannot fetch it
     */
    static DebianNginx fetch(Path scratch) throws IOException, InterruptedException {
        Path installed = Path.of("/usr/sbin/nginx");
        if (Files.isExecutable(installed)) {
            return new DebianNginx(installed, scratch);
        }
        return new DebianNginx(
                DebianPackage.unpack("nginx", scratch).resolve("usr/sbin/nginx"), scratch);
    }

    /** Writes the program, its libraries, its configuration and one page. */
    void write(Path tree, int port) throws IOException, InterruptedException {
        Command.run(scratch, List.of("chmod", "755", tree.toString()));
        DebianPrograms.copy(program, tree.resolve("usr/sbin/nginx"), tree, scratch);
        for (String dir : List.of("etc/nginx", "var/log/nginx", "var/lib/nginx", "srv")) {
            Files.createDirectories(tree.resolve(dir));
        }
        Files.createSymbolicLink(tree.resolve("var/run"), Path.of("/run"));
        Files.writeString(tree.resolve("srv/index.html"), "<h1>Welcome to nginx!</h1>\n");
        Files.writeString(
                tree.resolve("etc/nginx/nginx.conf"),
                """
                user www-data;
                worker_processes 1;
                pid /run/nginx.pid;
                error_log /dev/stderr;
                events {}
                http {
                    access_log /dev/stdout;
                    server { listen %d; root /srv; }
                }
                """
                        .formatted(port));
    }
}
