package carafe.testkit.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Packages that are only unpacked: installing them would change this machine. */
final class DebianPackage {
    private DebianPackage() {}

    /**
     * Fetches a package with apt and unpacks it.
     *
     * @param scratch an existing directory, where it goes
     * @return the directory of its files
     * @throws IOException when apt cannot fetch it
     */
    static Path unpack(String name, Path scratch) throws IOException, InterruptedException {
        Path dir = Files.createTempDirectory(scratch, "package");
        Command.run(
                scratch,
                List.of(
                        "sh",
                        "-c",
                        "cd \"$0\" && apt-get -qq download \"$1\"",
                        dir.toString(),
                        name));
        try (Stream<Path> files = Files.list(dir)) {
            Path archive =
                    files.filter(file -> file.toString().endsWith(".deb"))
                            .findFirst()
                            .orElseThrow(() ->
                                    new IOException(
                                            "apt fetched no %s to %s".formatted(name, dir)));
            Path unpacked = dir.resolve("unpacked");
            Command.run(
                    scratch, List.of("dpkg-deb", "-x", archive.toString(), unpacked.toString()));
            return unpacked;
        }
    }
}
