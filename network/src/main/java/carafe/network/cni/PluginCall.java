package carafe.network.cni;

import carafe.base.CarafeException;
import carafe.network.process.ChildProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One verb on one plugin: builds its input and environment, runs it, understands its answer. */
final class PluginCall {
    private static final String INTERFACE = "eth0";
    private static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int MAX_MESSAGE_CHARS = 2_000;

    private final PluginPath path;
    private final ChildProgram process;
    private final Duration deadline;
    private final JsonMapper json = JsonMapper.builder().build();

    PluginCall(PluginPath path, ChildProgram process, Duration deadline) {
        this.path = path;
        this.process = process;
        this.deadline = deadline;
    }

    /** The verbs of the specification that Carafe uses. */
    enum Verb {
        ADD,
        DEL
    }

    /**
     * Runs the verb.
     *
     * @param previous the result of the plugin before (ADD) or of the whole list (DEL)
     * @return what the plugin printed; empty for DEL
     * @throws CarafeException.Unavailable when the plugin reports an error or cannot be run
     */
    String run(
            Verb verb,
            NetworkList network,
            NetworkList.Plugin plugin,
            AttachRequest request,
            @Nullable String previous) {
        Path program = path.find(plugin.type());
        byte[] input = input(network, plugin, request, previous);
        ChildProgram.Output output;
        try {
            output =
                    process.run(
                            List.of(program.toString()),
                            environment(verb, request),
                            input,
                            deadline);
        } catch (IOException e) {
            throw new CarafeException.Unavailable(
                    "%s of CNI plugin %s failed: %s".formatted(verb, plugin.type(), e.getMessage()),
                    e);
        }
        if (output.exitCode() != 0) {
            throw new CarafeException.Unavailable(
                    "%s of CNI plugin %s (network %s) failed: %s"
                            .formatted(verb, plugin.type(), network.name(), reason(output)));
        }
        return output.stdout();
    }

    private byte[] input(
            NetworkList network,
            NetworkList.Plugin plugin,
            AttachRequest request,
            @Nullable String previous) {
        ObjectNode input = plugin.config().deepCopy();
        input.remove("capabilities");
        input.put("name", network.name());
        input.put("cniVersion", network.cniVersion());
        if (plugin.capabilities().contains("portMappings") && !request.portMappings().isEmpty()) {
            ArrayNode ports = input.putObject("runtimeConfig").putArray("portMappings");
            for (AttachRequest.PortMapping each : request.portMappings()) {
                ObjectNode port = ports.addObject();
                port.put("hostPort", each.hostPort());
                port.put("containerPort", each.containerPort());
                port.put("protocol", each.protocol());
                if (!each.hostIp().isEmpty()) {
                    port.put("hostIP", each.hostIp());
                }
            }
        }
        if (previous != null) {
            input.set("prevResult", json.readTree(previous));
        }
        return json.writeValueAsBytes(input);
    }

    private Map<String, String> environment(Verb verb, AttachRequest request) {
        Map<String, String> args = new TreeMap<>(request.args());
        args.put("IgnoreUnknown", "1");
        return Map.of(
                "CNI_COMMAND", verb.name(),
                "CNI_CONTAINERID", request.sandboxId(),
                "CNI_NETNS", request.netns(),
                "CNI_IFNAME", INTERFACE,
                "CNI_ARGS",
                        args.entrySet().stream()
                                .map(each -> each.getKey() + "=" + each.getValue())
                                .collect(Collectors.joining(";")),
                "CNI_PATH", path.asVariable(),
                "PATH", PATH);
    }

    private String reason(ChildProgram.Output output) {
        String message = "exit code " + output.exitCode();
        try {
            JsonNode error = json.readTree(output.stdout().getBytes(StandardCharsets.UTF_8));
            message =
                    (error.path("msg").asString("") + " " + error.path("details").asString(""))
                            .strip();
        } catch (JacksonException e) {
            message += " " + output.stdout().strip();
        }
        if (message.isBlank()) {
            message = "exit code " + output.exitCode();
        }
        String whole = (message + " " + output.stderr().strip()).strip();
        return whole.substring(0, Math.min(whole.length(), MAX_MESSAGE_CHARS))
                .replaceAll("\\p{Cntrl}", " ");
    }
}
