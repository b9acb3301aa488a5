package carafe.runtime.state;

import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerSpec.Stdio;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.ProcessUser;
import carafe.runtime.api.StopSignal;
import carafe.runtime.state.SharedJson.IdsJson;
import carafe.runtime.state.SharedJson.ImageJson;
import carafe.runtime.state.SharedJson.ProcessJson;
import carafe.runtime.state.SharedJson.ResourcesJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A container's record on disk, version 1. */
record ContainerJson(
        int version,
        String id,
        String pod,
        String name,
        int attempt,
        String specDigest,
        long createdAt,
        String bootId,
        String cgroup,
        @Nullable Map<String, String> labels,
        @Nullable Map<String, String> annotations,
        ImageJson image,
        String imageRef,
        String imageId,
        @Nullable List<MountJson> mounts,
        @Nullable String logPath,
        boolean stdin,
        boolean stdinOnce,
        boolean tty,
        ResourcesJson resources,
        UserJson user,
        String stopSignal,
        StateJson state) {

    record UserJson(long uid, long gid, @Nullable List<Long> groups) {}

    record MountJson(
            String containerPath,
            @Nullable String hostPath,
            boolean readonly,
            boolean recursiveReadOnly,
            boolean relabel,
            MountSpec.Propagation propagation,
            @Nullable List<IdsJson> uids,
            @Nullable List<IdsJson> gids,
            @Nullable ImageJson image,
            @Nullable String imageSubPath,
            @Nullable List<String> options) {

        static MountJson of(MountSpec mount) {
            ImageName image = mount.image();
            return new MountJson(
                    mount.containerPath(),
                    mount.hostPath(),
                    mount.readonly(),
                    mount.recursiveReadOnly(),
                    mount.selinuxRelabel(),
                    mount.propagation(),
                    IdsJson.of(mount.uidMappings()),
                    IdsJson.of(mount.gidMappings()),
                    image == null ? null : ImageJson.of(image),
                    mount.imageSubPath(),
                    mount.options());
        }

        MountSpec toMount() {
            return new MountSpec(
                    containerPath,
                    SharedJson.orEmpty(hostPath),
                    readonly,
                    recursiveReadOnly,
                    relabel,
                    propagation,
                    IdsJson.back(uids),
                    IdsJson.back(gids),
                    image == null ? null : image.toImage(),
                    SharedJson.orEmpty(imageSubPath),
                    SharedJson.orEmpty(options));
        }
    }

    /** One of created, running, exited. */
    record StateJson(
            String phase,
            @Nullable ProcessJson init,
            long startedAt,
            long finishedAt,
            int code,
            ContainerState.@Nullable Reason reason,
            @Nullable String message) {

        static StateJson of(ContainerState state) {
            return switch (state) {
                case ContainerState.Created created ->
                        new StateJson(
                                "created", ProcessJson.of(created.init()), 0, 0, 0, null, null);
                case ContainerState.Running running ->
                        new StateJson(
                                "running",
                                ProcessJson.of(running.init()),
                                running.startedAtNanos(),
                                0,
                                0,
                                null,
                                null);
                case ContainerState.Exited end ->
                        new StateJson(
                                "exited",
                                null,
                                end.startedAtNanos(),
                                end.finishedAtNanos(),
                                end.code(),
                                end.reason(),
                                end.message());
                case ContainerState.Unknown unknown -> of(unknown.last());
            };
        }

        ContainerState toState() throws IOException {
            if ("exited".equals(phase) && reason != null) {
                return new ContainerState.Exited(
                        code, reason, SharedJson.orEmpty(message), startedAt, finishedAt);
            }
            if (init == null) {
                throw new IOException("a container record without its process");
            }
            return switch (phase) {
                case "created" -> new ContainerState.Created(init.toProcess());
                case "running" -> new ContainerState.Running(init.toProcess(), startedAt);
                default -> throw new IOException("a container record in state " + phase);
            };
        }
    }

    /** The form of {@link ContainerRecord}s. */
    static final class Codec implements RecordCodec<ContainerRecord> {
        @Override
        public byte[] encode(ContainerRecord value) {
            return SharedJson.MAPPER.writeValueAsBytes(ContainerJson.of(value));
        }

        @Override
        public ContainerRecord decode(byte[] bytes) throws IOException {
            try {
                ContainerJson json = SharedJson.MAPPER.readValue(bytes, ContainerJson.class);
                if (json.version != SharedJson.VERSION) {
                    throw new IOException("a container record of unknown version " + json.version);
                }
                return json.toRecord();
            } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
                throw new IOException("not a container record: " + e.getMessage(), e);
            }
        }
    }

    private static ContainerJson of(ContainerRecord container) {
        ContainerRecord.Settings settings = container.settings();
        return new ContainerJson(
                SharedJson.VERSION,
                container.id(),
                container.podId(),
                container.metadata().name(),
                container.metadata().attempt(),
                container.specDigest(),
                container.createdAtNanos(),
                container.bootId(),
                container.cgroup(),
                settings.labels(),
                settings.annotations(),
                ImageJson.of(settings.image()),
                settings.imageRef(),
                settings.imageId(),
                settings.mounts().stream().map(MountJson::of).toList(),
                settings.logPath(),
                settings.stdio().stdin(),
                settings.stdio().stdinOnce(),
                settings.stdio().tty(),
                ResourcesJson.of(settings.resources()),
                new UserJson(
                        settings.user().uid(),
                        settings.user().gid(),
                        settings.user().supplementalGroups()),
                settings.stopSignal().name(),
                StateJson.of(container.state()));
    }

    private ContainerRecord toRecord() throws IOException {
        RecordCheck.id(id);
        RecordCheck.id(pod);
        RecordCheck.present(
                "name, specDigest, bootId, cgroup, state", name, specDigest, bootId, cgroup, state);
        return new ContainerRecord(
                id,
                pod,
                new ContainerMetadata(name, attempt),
                specDigest,
                createdAt,
                bootId,
                cgroup,
                toSettings(),
                state.toState());
    }

    private ContainerRecord.Settings toSettings() throws IOException {
        RecordCheck.present(
                "image, resources, user, stopSignal",
                image,
                imageRef,
                imageId,
                resources,
                user,
                stopSignal);
        return new ContainerRecord.Settings(
                SharedJson.orEmpty(labels),
                SharedJson.orEmpty(annotations),
                image.toImage(),
                imageRef,
                imageId,
                SharedJson.orEmpty(mounts).stream().map(MountJson::toMount).toList(),
                SharedJson.orEmpty(logPath),
                new Stdio(stdin, stdinOnce, tty),
                resources.toResources(),
                new ProcessUser(user.uid(), user.gid(), SharedJson.orEmpty(user.groups())),
                StopSignal.parse(stopSignal).orElse(StopSignal.TERM));
    }
}
