package carafe.runtime.state;

import carafe.runtime.api.PortMapping;
import carafe.runtime.api.PortMapping.Protocol;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.state.SharedJson.NamespacesJson;
import carafe.runtime.state.SharedJson.ProcessJson;
import carafe.runtime.state.SharedJson.ResourcesJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A pod's record on disk, version 1. */
record PodJson(
        int version,
        String id,
        String name,
        String namespace,
        String uid,
        int attempt,
        String specDigest,
        long createdAt,
        String bootId,
        PodPhase phase,
        boolean released,
        @Nullable Map<String, String> labels,
        @Nullable Map<String, String> annotations,
        @Nullable String handler,
        @Nullable String hostname,
        @Nullable String logDirectory,
        NamespacesJson namespaces,
        boolean privileged,
        @Nullable List<PortJson> ports,
        @Nullable ProcessJson holder,
        @Nullable CgroupJson cgroup,
        @Nullable List<String> addresses,
        @Nullable ResourcesJson overhead,
        @Nullable ResourcesJson resources,
        @Nullable String selinuxLevel) {

    record PortJson(Protocol protocol, int containerPort, int hostPort, @Nullable String hostIp) {}

    record CgroupJson(String path, boolean made) {}

    /** The form of {@link PodRecord}s. */
    static final class Codec implements RecordCodec<PodRecord> {
        @Override
        public byte[] encode(PodRecord value) {
            return SharedJson.MAPPER.writeValueAsBytes(PodJson.of(value));
        }

        @Override
        public PodRecord decode(byte[] bytes) throws IOException {
            try {
                PodJson json = SharedJson.MAPPER.readValue(bytes, PodJson.class);
                if (json.version != SharedJson.VERSION) {
                    throw new IOException("a pod record of unknown version " + json.version);
                }
                return json.toRecord();
            } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
                throw new IOException("not a pod record: " + e.getMessage(), e);
            }
        }
    }

    private static PodJson of(PodRecord pod) {
        SandboxMetadata metadata = pod.metadata();
        PodRecord.Settings settings = pod.settings();
        PodCgroup cgroup = pod.held().cgroup();
        return new PodJson(
                SharedJson.VERSION,
                pod.id(),
                metadata.name(),
                metadata.namespace(),
                metadata.uid(),
                metadata.attempt(),
                pod.specDigest(),
                pod.createdAtNanos(),
                pod.bootId(),
                pod.phase(),
                pod.released(),
                settings.labels(),
                settings.annotations(),
                settings.runtimeHandler(),
                settings.hostname(),
                settings.logDirectory(),
                NamespacesJson.of(settings.namespaces()),
                settings.privileged(),
                settings.portMappings().stream()
                        .map(each ->
                                new PortJson(
                                        each.protocol(),
                                        each.containerPort(),
                                        each.hostPort(),
                                        each.hostIp()))
                        .toList(),
                ProcessJson.of(pod.held().holder()),
                cgroup == null ? null : new CgroupJson(cgroup.path(), cgroup.made()),
                pod.held().addresses(),
                ResourcesJson.of(settings.limits().overhead()),
                ResourcesJson.of(settings.limits().resources()),
                settings.selinuxLevel());
    }

    private PodRecord toRecord() throws IOException {
        RecordCheck.id(id);
        RecordCheck.present("name, phase, specDigest, bootId", name, phase, specDigest, bootId);
        return new PodRecord(
                id,
                new SandboxMetadata(
                        name, SharedJson.orEmpty(uid), SharedJson.orEmpty(namespace), attempt),
                specDigest,
                createdAt,
                bootId,
                phase,
                released,
                toSettings(),
                new PodRecord.Held(
                        holder == null ? null : holder.toProcess(),
                        cgroup == null ? null : new PodCgroup(cgroup.path(), cgroup.made()),
                        SharedJson.orEmpty(addresses)));
    }

    private PodRecord.Settings toSettings() {
        return new PodRecord.Settings(
                SharedJson.orEmpty(labels),
                SharedJson.orEmpty(annotations),
                SharedJson.orEmpty(handler),
                SharedJson.orEmpty(hostname),
                SharedJson.orEmpty(logDirectory),
                namespaces.toModes(),
                privileged,
                SharedJson.orEmpty(ports).stream()
                        .map(each ->
                                new PortMapping(
                                        each.protocol(),
                                        each.containerPort(),
                                        each.hostPort(),
                                        SharedJson.orEmpty(each.hostIp())))
                        .toList(),
                SharedJson.orEmpty(selinuxLevel),
                new PodRecord.Limits(limits(overhead), limits(resources)));
    }

    /** Records of earlier versions say nothing of them. */
    private static Resources limits(@Nullable ResourcesJson json) {
        return json == null ? Resources.NONE : json.toResources();
    }
}
