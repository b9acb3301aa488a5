package carafe.network.cni;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.network.process.ChildProgram;
import carafe.network.process.ForkedProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Attaches pods to the CNI networks in force and detaches them from those they were attached to,
 * which a record beside the result remembers: a changed configuration never hinders DEL.
 * Thread-safe for different sandboxes; callers hold the sandbox's lock.
 */
public final class CniNetworks implements AutoCloseable {
    private static final String INTERFACE = "eth";

    private final ConfigDirectory configs;
    private final NetworkChoice choice;
    private final PluginPath path;
    private final PluginCall call;
    private final ResultReader results = new ResultReader();
    private final Attachments attachments;
    private final StatusPoll status;
    private final Garbage garbage;
    private final JsonMapper json = JsonMapper.builder().build();

    /**
     * Where things are and how long a plugin may take.
     *
     * @param pluginDirs searched in order
     * @param records directory for what DEL needs; made when absent
     * @param pluginDeadline per plugin and verb
     * @param trustedOwners uids a plugin's file may belong to
     * @param choice of networks
     */
    public record Settings(
            Path configDir,
            List<Path> pluginDirs,
            Path records,
            Duration pluginDeadline,
            Set<Integer> trustedOwners,
            Choice choice) {
        public Settings {
            pluginDirs = List.copyOf(pluginDirs);
            trustedOwners = Set.copyOf(trustedOwners);
        }
    }

    /**
     * Which of the configured networks pods are attached to.
     *
     * @param first name of the one that gives eth0; empty = the first file's
     * @param most networks per pod; 0 = all
     */
    public record Choice(String first, int most) {
        /** The first file's network alone. */
        public static final Choice USUAL = new Choice("", 1);
    }

    /** Whether pods can be attached, and if not why, for the CRI condition NetworkReady. */
    public record Readiness(boolean ready, String reason, String message) {}

    public CniNetworks(Settings settings, DurableFiles files) {
        this(settings, files, new ForkedProgram());
    }

    CniNetworks(Settings settings, DurableFiles files, ChildProgram process) {
        this.configs = new ConfigDirectory(settings.configDir(), files);
        this.choice = new NetworkChoice(configs, settings);
        this.path = new PluginPath(settings.pluginDirs(), settings.trustedOwners());
        this.call = new PluginCall(path, process, settings.pluginDeadline());
        this.attachments = new Attachments(settings.records(), files);
        this.status = new StatusPoll(call);
        this.garbage = new Garbage(call, attachments, choice::now);
    }

    /** The state of the network, found by looking; STATUS is asked at most every 5 s. */
    public Readiness readiness() {
        List<NetworkList> networks = choice.now();
        if (networks.isEmpty()) {
            return new Readiness(false, "CNIConfigMissing", choice.missing());
        }
        try {
            networks.forEach(
                    network -> network.plugins().forEach(plugin -> path.find(plugin.type())));
        } catch (CarafeException.Precondition e) {
            return new Readiness(false, "CNIPluginMissing", String.valueOf(e.getMessage()));
        }
        if (networks.stream().anyMatch(each -> each.knows(PluginCall.Verb.STATUS))) {
            Optional<String> problem = status.problem(networks);
            if (problem.isPresent()) {
                return new Readiness(false, "CNIPluginNotReady", problem.get());
            }
        }
        return new Readiness(true, "", configs.problem());
    }

    /** Whether any network is configured; without one pods have loopback only. */
    public boolean isConfigured() {
        return !choice.now().isEmpty();
    }

    /** Whether a plugin is told the pod's cgroup, which must be there then. */
    public boolean wantsCgroup() {
        return choice.asksFor(RuntimeConfig.CGROUP_PATH);
    }

    /**
     * Runs ADD of every plugin of every chosen network. What was begun is undone with DEL when a
     * plugin fails, under the plugins' own deadlines.
     *
     * @throws CarafeException.Precondition when no network is configured
     * @throws CarafeException.Unavailable when a plugin failed, with its message
     */
    public Attachment attach(AttachRequest request) {
        List<NetworkList> networks = choice.now();
        if (networks.isEmpty()) {
            throw new CarafeException.Precondition(choice.missing());
        }
        ObjectNode told = RuntimeConfig.of(json, request, announced());
        List<Attachments.Place> places = new ArrayList<>(places(networks));
        try (Garbage.Pass _ = garbage.pass()) {
            attachments.save(request.sandboxId(), new Attachments.Kept(places, told));
            try {
                List<String> addresses = new ArrayList<>();
                for (int i = 0; i < places.size(); i++) {
                    Attachment one = add(request, places.get(i), told);
                    addresses.addAll(one.addresses());
                    places.set(i, places.get(i).with(one.raw()));
                    attachments.save(request.sandboxId(), new Attachments.Kept(places, told));
                }
                return new Attachment(addresses, places.getFirst().result());
            } catch (CarafeException e) {
                try {
                    detachNow(request);
                } catch (CarafeException undo) {
                    e.addSuppressed(undo);
                }
                throw e;
            }
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
        try (Garbage.Pass _ = garbage.pass()) {
            detachNow(request);
        }
    }

    /**
     * Runs CHECK of every plugin that has it; a pod that was never attached is as it should be.
     *
     * @throws CarafeException.Unavailable when a plugin says that the attachment is broken
     */
    public void check(AttachRequest request) {
        Optional<Attachments.Kept> record = find(request);
        for (Attachments.Place place : record.map(Attachments.Kept::places).orElse(List.of())) {
            if (place.result().isEmpty() || !place.network().knows(PluginCall.Verb.CHECK)) {
                continue;
            }
            for (NetworkList.Plugin plugin : place.network().plugins()) {
                call.run(
                        PluginCall.Verb.CHECK,
                        place.network(),
                        plugin,
                        subject(request, place, record.get().told()),
                        place.result());
            }
        }
    }

    /**
     * Gives back, in the background, what pods had that are no more: DEL for records of theirs,
     * then GC where plugins have it, now and once an hour. Attachments that are there are checked
     * once.
     *
     * @param pods all there are; those with an empty netns are not checked
     */
    public void recover(List<AttachRequest> pods) {
        garbage.start(
                pods.stream().map(AttachRequest::sandboxId).collect(Collectors.toSet()),
                id -> detach(new AttachRequest(id, "", java.util.Map.of(), List.of())),
                () ->
                        pods.stream()
                                .filter(each -> !each.netns().isEmpty())
                                .forEach(each -> garbage.attempt("CHECK", () -> check(each))));
    }

    /**
     * The range that plugins with the capability ipRanges are told from now on.
     *
     * @param range comma between two; empty changes nothing
     */
    public void announce(String range) {
        if (!range.isEmpty() && !range.equals(attachments.announced())) {
            attachments.announce(range);
        }
    }

    /** Ids of the pods that are attached, or half so. */
    public Set<String> attached() {
        return Set.copyOf(attachments.pods());
    }

    @Override
    public void close() {
        garbage.close();
    }

    private void detachNow(AttachRequest request) {
        Optional<Attachments.Kept> record = find(request);
        if (record.isEmpty()) {
            return;
        }
        for (Attachments.Place place : record.get().places().reversed()) {
            for (NetworkList.Plugin plugin : place.network().plugins().reversed()) {
                call.run(
                        PluginCall.Verb.DEL,
                        place.network(),
                        plugin,
                        subject(request, place, record.get().told()),
                        place.result().isEmpty() ? null : place.result());
            }
        }
        attachments.delete(request.sandboxId());
    }

    private Attachment add(AttachRequest request, Attachments.Place place, ObjectNode told) {
        String result = null;
        for (NetworkList.Plugin plugin : place.network().plugins()) {
            result =
                    call.run(
                            PluginCall.Verb.ADD,
                            place.network(),
                            plugin,
                            subject(request, place, told),
                            result);
        }
        return results.read(place.network().name(), String.valueOf(result));
    }

    private static PluginCall.Subject subject(
            AttachRequest request, Attachments.Place place, ObjectNode told) {
        return new PluginCall.Subject(request, place.interfaceName(), told);
    }

    private Optional<Attachments.Kept> find(AttachRequest request) {
        ObjectNode told = RuntimeConfig.of(json, request, announced());
        return attachments.find(request.sandboxId(), places(choice.now()), told);
    }

    private static List<Attachments.Place> places(List<NetworkList> networks) {
        return IntStream.range(0, networks.size())
                .mapToObj(i -> new Attachments.Place(INTERFACE + i, networks.get(i), ""))
                .toList();
    }

    private List<String> announced() {
        String range = attachments.announced();
        return range.isEmpty() ? List.of() : List.of(range.split(",", -1));
    }
}
