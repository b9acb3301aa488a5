package carafe.network.cni;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.network.process.ChildProgram;
import carafe.network.process.ForkedProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Attaches pods to the CNI network in force and detaches them from the one they were attached to,
 * which a record beside the result remembers: a changed configuration never hinders DEL.
 * Thread-safe for different sandboxes; callers hold the sandbox's lock.
 */
public final class CniNetworks {
    private static final Logger LOG = LoggerFactory.getLogger(CniNetworks.class);
    private static final int MAX_RECORD_BYTES = 4 << 20;

    private final ConfigDirectory configs;
    private final PluginPath path;
    private final PluginCall call;
    private final ResultReader results = new ResultReader();
    private final NetworkListReader lists = new NetworkListReader();
    private final DurableFiles files;
    private final Path records;
    private final JsonMapper json = JsonMapper.builder().build();

    /**
     * Where things are and how long a plugin may take.
     *
     * @param pluginDirs searched in order
     * @param records directory for what DEL needs; made when absent
     * @param pluginDeadline per plugin and verb
     * @param trustedOwners uids a plugin's file may belong to
     */
    public record Settings(
            Path configDir,
            List<Path> pluginDirs,
            Path records,
            Duration pluginDeadline,
            Set<Integer> trustedOwners) {
        public Settings {
            pluginDirs = List.copyOf(pluginDirs);
            trustedOwners = Set.copyOf(trustedOwners);
        }
    }

    /** Whether pods can be attached, and if not why, for the CRI condition NetworkReady. */
    public record Readiness(boolean ready, String reason, String message) {}

    public CniNetworks(Settings settings, DurableFiles files) {
        this(settings, files, new ForkedProgram());
    }

    CniNetworks(Settings settings, DurableFiles files, ChildProgram process) {
        this.configs = new ConfigDirectory(settings.configDir(), files);
        this.path = new PluginPath(settings.pluginDirs(), settings.trustedOwners());
        this.call = new PluginCall(path, process, settings.pluginDeadline());
        this.files = files;
        this.records = settings.records();
    }

    /** The state of the network, found by looking, not remembered. */
    public Readiness readiness() {
        Optional<NetworkList> network = configs.current();
        if (network.isEmpty()) {
            return new Readiness(false, "CNIConfigMissing", configs.problem());
        }
        try {
            network.get().plugins().forEach(plugin -> path.find(plugin.type()));
        } catch (CarafeException.Precondition e) {
            return new Readiness(false, "CNIPluginMissing", String.valueOf(e.getMessage()));
        }
        return new Readiness(true, "", configs.problem());
    }

    /** Whether any network is configured; without one pods have loopback only. */
    public boolean isConfigured() {
        return configs.current().isPresent();
    }

    /**
     * Runs ADD of every plugin. What was begun is undone with DEL when a plugin fails, under the
     * plugins' own deadlines.
     *
     * @throws CarafeException.Precondition when no network is configured
     * @throws CarafeException.Unavailable when a plugin failed, with its message
     */
    public Attachment attach(AttachRequest request) {
        NetworkList network =
                configs.current()
                        .orElseThrow(() -> new CarafeException.Precondition(configs.problem()));
        remember(request.sandboxId(), network, "");
        try {
            String result = null;
            for (NetworkList.Plugin plugin : network.plugins()) {
                result = call.run(PluginCall.Verb.ADD, network, plugin, request, result);
            }
            Attachment attachment = results.read(network.name(), String.valueOf(result));
            remember(request.sandboxId(), network, attachment.raw());
            return attachment;
        } catch (CarafeException e) {
            try {
                detach(request);
            } catch (CarafeException undo) {
                e.addSuppressed(undo);
            }
            throw e;
        }
    }

    /**
     * Runs DEL of every plugin in reverse order with the configuration of the ADD. Does nothing
     * when the sandbox was never attached; may be repeated.
     *
     * @throws CarafeException.Unavailable when a plugin failed; the record stays, so that a retry
     *     can succeed
     */
    public void detach(AttachRequest request) {
        Optional<Remembered> remembered = recall(request.sandboxId());
        if (remembered.isEmpty()) {
            return;
        }
        NetworkList network = remembered.get().network();
        String result = remembered.get().result();
        for (NetworkList.Plugin plugin : network.plugins().reversed()) {
            call.run(
                    PluginCall.Verb.DEL,
                    network,
                    plugin,
                    request,
                    result.isEmpty() ? null : result);
        }
        try {
            files.delete(record(request.sandboxId()));
        } catch (IOException e) {
            throw new CarafeException.Internal("forget CNI attachment: " + e, e);
        }
    }

    private record Remembered(NetworkList network, String result) {}

    private void remember(String sandboxId, NetworkList network, String result) {
        ObjectNode record = json.createObjectNode();
        record.put("version", 1);
        ObjectNode list = record.putObject("network");
        list.put("name", network.name());
        list.put("cniVersion", network.cniVersion());
        network.plugins().forEach(each -> list.withArray("plugins").add(each.config()));
        record.put("result", result);
        try {
            Files.createDirectories(records);
            files.write(
                    record(sandboxId),
                    json.writeValueAsBytes(record),
                    DurableFiles.Durability.PROCESS);
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "record the CNI attachment of %s: %s".formatted(sandboxId, e), e);
        }
    }

    private Optional<Remembered> recall(String sandboxId) {
        Path record = record(sandboxId);
        try {
            JsonNode root = json.readTree(files.read(record, MAX_RECORD_BYTES));
            byte[] list = root.path("network").toString().getBytes(StandardCharsets.UTF_8);
            return Optional.of(
                    new Remembered(lists.read(record, list), root.path("result").asString("")));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            // Without a readable record DEL still has the configuration in force to go by.
            LOG.atWarn().addKeyValue("file", record).setCause(e).log("CNI record is damaged");
            return configs.current().map(network -> new Remembered(network, ""));
        }
    }

    private Path record(String sandboxId) {
        return records.resolve(sandboxId + ".json");
    }
}
