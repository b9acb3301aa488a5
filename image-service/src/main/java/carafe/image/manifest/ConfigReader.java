package carafe.image.manifest;

import carafe.base.CarafeException;
import carafe.image.ImageConfig;
import carafe.image.reference.Digest;
import carafe.image.reference.Excerpt;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads image configurations. Only known fields are looked at; nothing in them selects an action of
 * Carafe. Thread-safe.
 */
public final class ConfigReader {
    /** Largest accepted configuration. */
    public static final int MAX_BYTES = 8 << 20;

    private final StrictJson json = new StrictJson("the image's configuration", MAX_BYTES);

    /**
     * @param content already checked against its digest
     * @param layers how many layers the manifest lists
     * @throws CarafeException.Invalid when it is malformed, or has another number of diff ids
     */
    public ConfigDocument read(byte[] content, int layers) {
        ObjectNode object = json.read(content);
        json.refuseLookalikes(
                object, "architecture", "os", "variant", "config", "rootfs", "history");
        JsonFields root = new JsonFields("config", object);
        JsonFields rootfs = root.required("rootfs");
        if (!rootfs.text("type").equals("layers")) {
            throw new CarafeException.Invalid(
                    "the configuration's rootfs is of type %s, not \"layers\""
                            .formatted(Excerpt.of(rootfs.text("type"))));
        }
        List<Digest> diffIds = rootfs.texts("diff_ids").stream().map(Digest::parse).toList();
        if (diffIds.size() != layers) {
            throw new CarafeException.Invalid(
                    "the configuration has %d diff_ids for %d layers"
                            .formatted(diffIds.size(), layers));
        }
        return new ConfigDocument(runtime(root, root.optional("config")), diffIds);
    }

    private static ImageConfig runtime(JsonFields root, @Nullable JsonFields config) {
        String os = root.text("os");
        String architecture = root.text("architecture");
        String variant = root.text("variant");
        if (config == null) {
            return new ImageConfig(
                    "",
                    List.of(),
                    List.of(),
                    List.of(),
                    "",
                    List.of(),
                    "",
                    Map.of(),
                    os,
                    architecture,
                    variant);
        }
        return new ImageConfig(
                config.text("User"),
                config.texts("Env"),
                config.texts("Entrypoint"),
                config.texts("Cmd"),
                config.text("WorkingDir"),
                config.keys("Volumes"),
                config.text("StopSignal"),
                config.textMap("Labels"),
                os,
                architecture,
                variant);
    }
}
