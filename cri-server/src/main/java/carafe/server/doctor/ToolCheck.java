package carafe.server.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs that Carafe does not need, and what they would add. */
record ToolCheck(List<Path> directories) implements Check {
    static ToolCheck ofThisMachine() {
        String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        return new ToolCheck(
                Stream.concat(Stream.of(path.split(":", -1)), Stream.of("/usr/sbin", "/sbin"))
                        .filter(dir -> dir.startsWith("/"))
                        .map(Path::of)
                        .toList());
    }

    @Override
    public List<Finding> run() {
        return List.of(
                tool(
                        "crictl",
                        "nothing for pods; the client for trying things out is missing",
                        "install cri-tools"),
                tool(
                        "nft",
                        "the built-in bridge cannot be used, and CNI plugins with the nftables backend fail",
                        "apt-get install nftables"));
    }

    private Finding tool(String name, String meaning, String fix) {
        Optional<Path> found =
                directories.stream()
                        .map(dir -> dir.resolve(name))
                        .filter(Files::isExecutable)
                        .findFirst();
        return found.map(path -> Finding.ok(name, path.toString()))
                .orElseGet(() -> Finding.warn(name, "not found", meaning, fix));
    }
}
