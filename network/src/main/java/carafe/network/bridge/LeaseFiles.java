package carafe.network.bridge;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The range announced last, and the leases of earlier versions: a file each, which are read once
 * and then in the {@link LeaseJournal}. Used by one thread at a time.
 */
final class LeaseFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseFiles.class);
    private static final String SUFFIX = ".json";
    private static final String ANNOUNCED = "announced";
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_CIDR = 200;

    private final Path dir;
    private final DurableFiles files;
    private final JsonMapper json = JsonMapper.builder().build();

    LeaseFiles(Path dir, DurableFiles files) {
        this.dir = dir;
        this.files = files;
    }

    /** Deletes a file that the journal has taken over. */
    void delete(String podId) {
        try {
            files.delete(file(podId));
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "delete the old lease of pod sandbox %s: %s".formatted(podId, e), e);
        }
    }

    /** Every lease of an earlier version by pod; empty when its file is damaged. */
    Map<String, Optional<Lease>> load() {
        Map<String, Optional<Lease>> found = new LinkedHashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir, "*" + SUFFIX)) {
            for (Path each : entries) {
                String name = String.valueOf(each.getFileName());
                String podId = name.substring(0, name.length() - SUFFIX.length());
                found.put(podId, read(podId, each));
            }
            return found;
        } catch (NoSuchFileException e) {
            return found;
        } catch (IOException e) {
            throw new CarafeException.Internal("read the pods' leases: " + e, e);
        }
    }

    /** The range announced last; empty when there was none. */
    String announced() {
        try {
            return new String(files.read(dir.resolve(ANNOUNCED), MAX_CIDR), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new CarafeException.Internal("read the announced pod range: " + e, e);
        }
    }

    /**
     * @param range empty = none any more
     */
    void announce(String range) {
        if (range.equals(announced())) {
            return;
        }
        if (!range.isEmpty()) {
            write(dir.resolve(ANNOUNCED), range.getBytes(StandardCharsets.UTF_8));
            return;
        }
        try {
            files.delete(dir.resolve(ANNOUNCED));
        } catch (IOException e) {
            throw new CarafeException.Internal("forget the announced pod range: " + e, e);
        }
    }

    private void write(Path file, byte[] content) {
        try {
            if (!Files.isDirectory(dir)) {
                Files.createDirectories(dir);
            }
            files.write(file, content, DurableFiles.Durability.PROCESS);
        } catch (IOException e) {
            throw new CarafeException.Internal("write %s: %s".formatted(file, e), e);
        }
    }

    private Optional<Lease> read(String podId, Path file) {
        try {
            JsonNode root = json.readTree(files.read(file, MAX_BYTES));
            List<Lease.Address> addresses = new ArrayList<>();
            for (JsonNode each : root.path("addresses")) {
                addresses.add(Lease.Address.parse(each.asString("")));
            }
            List<HostPort> ports = new ArrayList<>();
            root.path("ports").forEach(each -> ports.add(port(each)));
            if (addresses.isEmpty()) {
                throw new IllegalArgumentException("it has no address");
            }
            return Optional.of(new Lease(podId, root.path("link").asString(""), addresses, ports));
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.atWarn().addKeyValue("file", file).setCause(e).log("A pod's lease is damaged");
            return Optional.empty();
        }
    }

    private static HostPort port(JsonNode node) {
        String address = node.path("address").asString("");
        return new HostPort(
                node.path("protocol").asString(""),
                node.path("hostPort").asInt(),
                node.path("podPort").asInt(),
                address.isEmpty() ? null : InetAddress.ofLiteral(address),
                node.path("family").asInt());
    }

    private Path file(String podId) {
        return dir.resolve(podId + SUFFIX);
    }
}
