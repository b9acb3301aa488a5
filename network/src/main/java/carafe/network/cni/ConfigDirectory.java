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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The networks that are configured: every usable file of the directory by name, as every CRI
 * runtime chooses. Looked at afresh on each call, so a changed file counts at once; while a changed
 * file is broken or half written what it said before stays in force. Thread-safe.
 */
final class ConfigDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigDirectory.class);
    private static final int MAX_FILES = 1_000;

    private final Path dir;
    private final DurableFiles files;
    private final NetworkListReader reader = new NetworkListReader();
    private @Nullable List<Seen> lastSeen;
    private Map<Path, NetworkList> good = Map.of();
    private String problem = "";

    ConfigDirectory(Path dir, DurableFiles files) {
        this.dir = dir;
        this.files = files;
    }

    /** What one look at a file said; a change of it means that the file must be read again. */
    private record Seen(Path path, long size, long modifiedNanos, @Nullable Object fileKey) {}

    /** The networks in force by file name; when there are none {@link #problem()} says why. */
    synchronized List<NetworkList> current() {
        List<Seen> seen;
        try {
            seen = look();
        } catch (IOException e) {
            problem = "the directory %s cannot be read: %s".formatted(dir, e);
            return List.copyOf(good.values());
        }
        if (!seen.equals(lastSeen)) {
            lastSeen = seen;
            reload(seen);
        }
        return List.copyOf(good.values());
    }

    /** Why there is no network or why a file is not in force; empty when all is well. */
    synchronized String problem() {
        return problem;
    }

    private void reload(List<Seen> seen) {
        problem =
                seen.isEmpty() ? "no CNI configuration (*.conflist, *.conf, *.json) in " + dir : "";
        Map<Path, NetworkList> fresh = new LinkedHashMap<>();
        for (Seen each : seen) {
            try {
                byte[] content = files.read(each.path(), NetworkListReader.MAX_BYTES);
                fresh.put(each.path(), reader.read(each.path(), content));
            } catch (CarafeException.Invalid e) {
                keep(each.path(), fresh, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                keep(
                        each.path(),
                        fresh,
                        "CNI configuration %s cannot be read: %s".formatted(each.path(), e));
            }
        }
        if (!fresh.equals(good)) {
            LOG.atInfo()
                    .addKeyValue(
                            "networks", fresh.values().stream().map(NetworkList::name).toList())
                    .addKeyValue("dir", dir)
                    .log("CNI configuration loaded");
        }
        good = fresh;
    }

    private void keep(Path file, Map<Path, NetworkList> fresh, String message) {
        NetworkList before = good.get(file);
        if (before != null) {
            fresh.put(file, before);
        }
        remember(message);
    }

    private void remember(String message) {
        if (problem.isEmpty()) {
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
