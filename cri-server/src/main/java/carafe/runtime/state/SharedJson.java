package carafe.runtime.state;

import carafe.runtime.api.IdMapping;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.port.ProcessId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Parts of the disk form that pods and containers share. Names here are the format: version 1. */
final class SharedJson {
    static final int VERSION = 1;

    /** Records as they are, unknown fields ignored. */
    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private SharedJson() {}

    record ProcessJson(int pid, long startTicks) {
        static @Nullable ProcessJson of(@Nullable ProcessId process) {
            return process == null ? null : new ProcessJson(process.pid(), process.startTicks());
        }

        ProcessId toProcess() {
            return new ProcessId(pid, startTicks);
        }
    }

    record IdsJson(long inside, long host, long length) {
        static List<IdsJson> of(List<IdMapping> mappings) {
            return mappings.stream()
                    .map(each -> new IdsJson(each.containerId(), each.hostId(), each.length()))
                    .toList();
        }

        static List<IdMapping> back(@Nullable List<IdsJson> mappings) {
            return orEmpty(mappings).stream()
                    .map(each -> new IdMapping(each.inside(), each.host(), each.length()))
                    .toList();
        }
    }

    record NamespacesJson(
            Mode network, Mode pid, Mode ipc, @Nullable String target, @Nullable UserJson user) {
        static NamespacesJson of(NamespaceModes modes) {
            NamespaceModes.UserNamespace user = modes.user();
            return new NamespacesJson(
                    modes.network(),
                    modes.pid(),
                    modes.ipc(),
                    modes.targetId(),
                    user == null
                            ? null
                            : new UserJson(
                                    user.mode(), IdsJson.of(user.uids()), IdsJson.of(user.gids())));
        }

        NamespaceModes toModes() {
            return new NamespaceModes(
                    network, pid, ipc, orEmpty(target), user == null ? null : user.toUser());
        }
    }

    record UserJson(Mode mode, @Nullable List<IdsJson> uids, @Nullable List<IdsJson> gids) {
        NamespaceModes.UserNamespace toUser() {
            return new NamespaceModes.UserNamespace(mode, IdsJson.back(uids), IdsJson.back(gids));
        }
    }

    record ImageJson(
            String image,
            @Nullable String userSpecified,
            @Nullable String handler,
            @Nullable Map<String, String> annotations,
            @Nullable String ref) {
        static ImageJson of(ImageName name) {
            return new ImageJson(
                    name.image(),
                    name.userSpecified(),
                    name.runtimeHandler(),
                    name.annotations(),
                    name.ref());
        }

        ImageName toImage() {
            return new ImageName(
                    image,
                    orEmpty(userSpecified),
                    orEmpty(handler),
                    orEmpty(annotations),
                    orEmpty(ref));
        }
    }

    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    static <V> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }
}
