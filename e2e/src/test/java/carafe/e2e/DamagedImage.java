package carafe.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * An image whose layer has a wrong byte in the registry's store, as if it had been damaged on its
 * way.
 */
record DamagedImage(String reference, String layerDigest) {
    /** Pushes an image of one layer, then damages what the registry has stored. */
    static DamagedImage push(Images images, String nameAndTag)
            throws IOException, InterruptedException {
        Path tree = Files.createTempDirectory(images.scratch(), "damaged");
        Files.write(tree.resolve("content"), contentOf(300_000));
        images.directory().create("damaged");
        images.directory().addTree("damaged", tree);
        List<Path> before = blobs(images);
        String reference = images.registry().push(images.directory().image("damaged"), nameAndTag);
        Path layer =
                blobs(images).stream()
                        .filter(blob -> !before.contains(blob))
                        .filter(blob -> blob.toFile().length() > 100_000)
                        .findFirst()
                        .orElseThrow();
        flipByteInTheMiddle(layer);
        return new DamagedImage(reference, "sha256:" + layer.getName(layer.getNameCount() - 2));
    }

    private static void flipByteInTheMiddle(Path blob) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(blob.toFile(), "rw")) {
            long middle = file.length() / 2;
            file.seek(middle);
            int old = file.read();
            file.seek(middle);
            file.write(old ^ 1);
        }
    }

    /** The registry's blobs: {@code blobs/sha256/xx/<hex>/data}. */
    private static List<Path> blobs(Images images) throws IOException {
        Path top = images.registry().data().resolve("docker/registry/v2/blobs/sha256");
        try (Stream<Path> tree = Files.walk(top)) {
            return tree.filter(file -> file.getFileName().toString().equals("data")).toList();
        }
    }

    /** Bytes that do not compress, the same in every run. */
    private static byte[] contentOf(int bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            StringBuilder text = new StringBuilder();
            byte[] block = new byte[0];
            while (text.length() < bytes * 2) {
                block = digest.digest(block);
                text.append(HexFormat.of().formatHex(block));
            }
            return HexFormat.of().parseHex(text.substring(0, bytes * 2));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
