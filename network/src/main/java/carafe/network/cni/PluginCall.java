package carafe.network.cni;

import carafe.base.CarafeException;
import carafe.base.trace.Spans;
import carafe.network.process.ChildProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One verb on one plugin: builds its input and environment, runs it, understands its answer. */
final class PluginCall {
    private static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Duration STATUS_DEADLINE = Duration.ofSeconds(5);
    private static final Duration GC_DEADLINE = Duration.ofSeconds(20);
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

    /** The verbs of the specification. */
    enum Verb {
        ADD,
        DEL,
        CHECK,
        /** Since 1.1: whether ADD would work. */
        STATUS,
        /** Since 1.1: takes away what belongs to no attachment. */
        GC
    }

    /**
     * The one attachment that a verb is about.
     *
     * @param interfaceName in the pod
     * @param told {@link RuntimeConfig#of} of the ADD
     */
    record Subject(AttachRequest request, String interfaceName, ObjectNode told) {}

    /**
     * Runs ADD, DEL or CHECK.
     *
     * @param previous the result of the plugin before (ADD) or of the whole list; absent = none
     * @return what the plugin printed; empty for DEL and CHECK
     * @throws CarafeException.Unavailable when the plugin reports an error or cannot be run
     */
    String run(
            Verb verb,
            NetworkList network,
            NetworkList.Plugin plugin,
            Subject subject,
            @Nullable String previous) {
        ObjectNode input = input(network, plugin);
        ObjectNode told = RuntimeConfig.chosen(subject.told(), plugin.capabilities());
        if (!told.isEmpty()) {
            input.set("runtimeConfig", told);
        }
        if (previous != null) {
            input.set("prevResult", json.readTree(previous));
        }
        return run(verb, network, plugin, input, environment(verb, subject));
    }

    /**
     * Runs STATUS or GC, which are about the network and no attachment.
     *
     * @param more keys of the input
     */
    void run(Verb verb, NetworkList network, NetworkList.Plugin plugin, ObjectNode more) {
        ObjectNode input = input(network, plugin);
        input.setAll(more);
        String _ = run(verb, network, plugin, input, environment(verb));
    }

    private String run(
            Verb verb,
            NetworkList network,
            NetworkList.Plugin plugin,
            ObjectNode input,
            Map<String, String> environment) {
        try (Spans.Open span = Spans.open("cni." + verb.name().toLowerCase(Locale.ROOT))) {
            span.note("cni.plugin", plugin.type());
            span.note("cni.network", network.name());
            Map<String, String> all = new TreeMap<>(environment);
            // As OpenTelemetry passes it on to programs.
            span.trace().ifPresent(trace -> all.put("TRACEPARENT", trace.header()));
            try {
                return answer(verb, network, plugin, input, all);
            } catch (CarafeException e) {
                span.fail(String.valueOf(e.getMessage()));
                throw e;
            }
        }
    }

    private String answer(
            Verb verb,
            NetworkList network,
            NetworkList.Plugin plugin,
            ObjectNode input,
            Map<String, String> environment) {
        Path program = path.find(plugin.type());
        ChildProgram.Output output;
        try {
            output =
                    process.run(
                            List.of(program.toString()),
                            environment,
                            json.writeValueAsBytes(input),
                            deadline(verb));
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

    private Duration deadline(Verb verb) {
        return switch (verb) {
            case ADD, DEL, CHECK -> deadline;
            case STATUS -> STATUS_DEADLINE;
            // ADDs wait for it.
            case GC -> GC_DEADLINE;
        };
    }

    private static ObjectNode input(NetworkList network, NetworkList.Plugin plugin) {
        ObjectNode input = plugin.config().deepCopy();
        input.remove("capabilities");
        input.put("name", network.name());
        input.put("cniVersion", network.cniVersion());
        return input;
    }

    private Map<String, String> environment(Verb verb) {
        return Map.of("CNI_COMMAND", verb.name(), "CNI_PATH", path.asVariable(), "PATH", PATH);
    }

    private Map<String, String> environment(Verb verb, Subject subject) {
        Map<String, String> args = new TreeMap<>(subject.request().args());
        args.put("IgnoreUnknown", "1");
        Map<String, String> all = new TreeMap<>(environment(verb));
        all.put("CNI_CONTAINERID", subject.request().sandboxId());
        all.put("CNI_NETNS", subject.request().netns());
        all.put("CNI_IFNAME", subject.interfaceName());
        all.put(
                "CNI_ARGS",
                args.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining(";")));
        return all;
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
                .replaceAll("\\p{Cc}", " ");
    }
}
