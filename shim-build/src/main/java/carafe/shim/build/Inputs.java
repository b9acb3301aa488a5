package carafe.shim.build;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Everything a program is made of, as one hash. */
final class Inputs {
    private final String hash;

    private Inputs(String hash) {
        this.hash = hash;
    }

    /** Class files of directories by content; jars, which are released ones, by name and size. */
    static Inputs of(List<String> facts, String classPath) throws IOException {
        MessageDigest digest = sha256();
        for (String fact : facts) {
            digest.update((fact + "\n").getBytes(StandardCharsets.UTF_8));
        }
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                addClasses(path, digest);
            } else if (Files.exists(path)) {
                String line = path.getFileName() + " " + Files.size(path) + "\n";
                digest.update(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        return new Inputs(HexFormat.of().formatHex(digest.digest()));
    }

    private static void addClasses(Path directory, MessageDigest digest) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
                String name = directory.relativize(file) + "\n";
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
        }
    }

    /** Whether the output is there and was made of the same. */
    boolean matches(Path stamp, Path output) throws IOException {
        return Files.exists(stamp)
                && Files.exists(output)
                && Files.readString(stamp).equals(line(output));
    }

    void store(Path stamp, Path output) throws IOException {
        Files.writeString(stamp, line(output));
    }

    private String line(Path output) throws IOException {
        return hash + " " + Files.size(output) + "\n";
    }

    static byte[] sha256(byte[] bytes) {
        return sha256().digest(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
