package carafe.network.cni;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What every pod was attached to, on disk: DEL needs the configuration, the arguments and the
 * result of the ADD, whatever has changed since. Thread-safe for different pods.
 */
final class Attachments {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
    private static final int MAX_RECORD_BYTES = 4 << 20;
    private static final String SUFFIX = ".json";
    private static final String ANNOUNCED = "announced";
    private static final int MAX_ANNOUNCED = 200;

    private final Path dir;
    private final DurableFiles files;
    private final NetworkListReader lists = new NetworkListReader();
    private final JsonMapper json = JsonMapper.builder().build();

    Attachments(Path dir, DurableFiles files) {
        this.dir = dir;
        this.files = files;
    }

    /**
     * A pod's place in one network.
     *
     * @param result of the ADD; empty = it was begun and not finished
     */
    record Place(String interfaceName, NetworkList network, String result) {
        Place with(String newResult) {
            return new Place(interfaceName, network, newResult);
        }
    }

    /**
     * All places of a pod.
     *
     * @param told {@link RuntimeConfig#of} of the ADD
     */
    record Kept(List<Place> places, ObjectNode told) {
        Kept {
            places = List.copyOf(places);
        }
    }

    void save(String sandboxId, Kept kept) {
        ObjectNode root = json.createObjectNode();
        root.put("version", 2);
        root.set("told", kept.told());
        for (Place each : kept.places()) {
            ObjectNode place = root.withArray("places").addObject();
            place.put("interface", each.interfaceName());
            ObjectNode list = place.putObject("network");
            list.put("name", each.network().name());
            list.put("cniVersion", each.network().cniVersion());
            list.put("disableCheck", !each.network().knows(PluginCall.Verb.CHECK));
            each.network()
                    .plugins()
                    .forEach(plugin -> list.withArray("plugins").add(plugin.config()));
            place.put("result", each.result());
        }
        write(file(sandboxId), json.writeValueAsBytes(root));
    }

    /**
     * What the pod was attached to; empty when it never was.
     *
     * @param instead where a damaged record leaves only the configuration in force to go by
     * @param told where the record has none
     */
    Optional<Kept> find(String sandboxId, List<Place> instead, ObjectNode told) {
        Path file = file(sandboxId);
        try {
            JsonNode root = json.readTree(files.read(file, MAX_RECORD_BYTES));
            List<Place> places = new ArrayList<>();
            if (root.path("version").asInt() == 1) {
                places.add(place(file, root, "eth0"));
                return Optional.of(new Kept(places, told));
            }
            for (JsonNode each : root.path("places")) {
                places.add(place(file, each, each.path("interface").asString("")));
            }
            return Optional.of(
                    new Kept(places, root.path("told") instanceof ObjectNode said ? said : told));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().addKeyValue("file", file).setCause(e).log("CNI record is damaged");
            return Optional.of(new Kept(instead, told));
        }
    }

    private Place place(Path file, JsonNode node, String interfaceName) {
        byte[] list = node.path("network").toString().getBytes(StandardCharsets.UTF_8);
        return new Place(interfaceName, lists.read(file, list), node.path("result").asString(""));
    }

    void delete(String sandboxId) {
        try {
            files.delete(file(sandboxId));
        } catch (IOException e) {
            throw new CarafeException.Internal("forget CNI attachment: " + e, e);
        }
    }

    /** Pods that have a record. */
    List<String> pods() {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir, "*" + SUFFIX)) {
            for (Path each : entries) {
                String name = String.valueOf(each.getFileName());
                found.add(name.substring(0, name.length() - SUFFIX.length()));
            }
            return found;
        } catch (NoSuchFileException e) {
            return found;
        } catch (IOException e) {
            throw new CarafeException.Internal("list the CNI attachments: " + e, e);
        }
    }

    /** The pod range announced last; empty = none. */
    String announced() {
        try {
            return new String(
                    files.read(dir.resolve(ANNOUNCED), MAX_ANNOUNCED), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new CarafeException.Internal("read the announced pod range: " + e, e);
        }
    }

    void announce(String range) {
        write(dir.resolve(ANNOUNCED), range.getBytes(StandardCharsets.UTF_8));
    }

    private void write(Path file, byte[] content) {
        try {
            Files.createDirectories(dir);
            files.write(file, content, DurableFiles.Durability.PROCESS);
        } catch (IOException e) {
            throw new CarafeException.Internal("write %s: %s".formatted(file, e), e);
        }
    }

    private Path file(String sandboxId) {
        return dir.resolve(sandboxId + SUFFIX);
    }
}
