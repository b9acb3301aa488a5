package carafe.network.cni;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force: the first usable file of the directory by name, as every CRI runtime
 * chooses. Looked at afresh on each call, so a changed file counts at once; while a changed file is
 * broken or half written the last good one stays in force. Thread-safe.
 */
final class ConfigDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigDirectory.class);
    private static final int MAX_FILES = 1_000;

    private final Path dir;
    private final DurableFiles files;
    private final NetworkListReader reader = new NetworkListReader();
    private @Nullable List<Seen> lastSeen;
    private @Nullable NetworkList lastGood;
    private String problem = "";

    ConfigDirectory(Path dir, DurableFiles files) {
        this.dir = dir;
        this.files = files;
    }

    /** What one look at a file said; a change of it means that the file must be read again. */
    private record Seen(Path path, long size, long modifiedNanos, @Nullable Object fileKey) {}

    /** The network in force, or empty; then {@link #problem()} says why. */
    synchronized Optional<NetworkList> current() {
        List<Seen> seen;
        try {
            seen = look();
        } catch (IOException e) {
            problem = "the directory %s cannot be read: %s".formatted(dir, e);
            return Optional.ofNullable(lastGood);
        }
        if (!seen.equals(lastSeen)) {
            lastSeen = seen;
            reload(seen);
        }
        return Optional.ofNullable(lastGood);
    }

    /** Why there is no network or why the newest file is not in force; empty when all is well. */
    synchronized String problem() {
        return problem;
    }

    private void reload(List<Seen> seen) {
        if (seen.isEmpty()) {
            lastGood = null;
            problem = "no CNI configuration (*.conflist, *.conf, *.json) in " + dir;
            return;
        }
        problem = "";
        for (Seen each : seen) {
            try {
                lastGood =
                        reader.read(
                                each.path(), files.read(each.path(), NetworkListReader.MAX_BYTES));
                LOG.atInfo()
                        .addKeyValue("network", lastGood.name())
                        .addKeyValue("file", each.path())
                        .log("CNI configuration loaded");
                return;
            } catch (CarafeException.Invalid e) {
                remember(e.getMessage());
            } catch (IOException e) {
                remember("CNI configuration %s cannot be read: %s".formatted(each.path(), e));
            }
        }
    }

    private void remember(@Nullable String message) {
        if (problem.isEmpty() && message != null) {
            problem = message;
        }
        LOG.atWarn().addKeyValue("dir", dir).log("{}", message);
    }

    private List<Seen> look() throws IOException {
        List<Seen> seen = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(dir, "*.{conflist,conf,json}")) {
            for (Path entry : entries) {
                if (seen.size() == MAX_FILES) {
                    throw new IOException("more than " + MAX_FILES + " files");
                }
                see(entry).ifPresent(seen::add);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        seen.sort((a, b) -> a.path().compareTo(b.path()));
        return seen;
    }

    private static Optional<Seen> see(Path entry) throws IOException {
        try {
            BasicFileAttributes at = Files.readAttributes(entry, BasicFileAttributes.class);
            return at.isRegularFile()
                    ? Optional.of(
                            new Seen(
                                    entry,
                                    at.size(),
                                    at.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                                    at.fileKey()))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty(); // removed between listing and looking
        }
    }
}
