package carafe.server.doctor;

import carafe.config.ImagesSection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which registries are set up, and whether any is spoken to without TLS. */
record RegistryCheck(ImagesSection images) implements Check {
    private static final String TOPIC = "registries";

    @Override
    public List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        try (Stream<Path> entries = Files.list(images.certsDir())) {
            String names =
                    entries.filter(Files::isDirectory)
                            .map(dir -> String.valueOf(dir.getFileName()))
                            .sorted()
                            .collect(Collectors.joining(", "));
            findings.add(
                    Finding.ok(
                            TOPIC,
                            names.isEmpty()
                                    ? "none set up in " + images.certsDir()
                                    : "%s in %s".formatted(names, images.certsDir())));
        } catch (NoSuchFileException e) {
            findings.add(
                    Finding.ok(
                            TOPIC,
                            "none set up (%s is missing): each is spoken to directly, with TLS"
                                    .formatted(images.certsDir())));
        } catch (IOException e) {
            findings.add(
                    Finding.fail(
                            TOPIC,
                            "cannot read %s: %s".formatted(images.certsDir(), e),
                            "pulls that need a mirror or a CA from there fail",
                            "make the directory readable for root"));
        }
        if (!images.plainRegistries().isEmpty()) {
            findings.add(
                    Finding.warn(
                            "plain registries",
                            String.join(", ", images.plainRegistries()),
                            "credentials and images of these cross the network in the clear",
                            "give the registry a certificate, its CA into " + images.certsDir()));
        }
        return findings;
    }
}
