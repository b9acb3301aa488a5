package carafe.config;

import carafe.base.CarafeException;
import carafe.base.TomlLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * Reads the configuration: defaults, then the file, then the drop-ins in {@code <file>.d} by name,
 * then the flags; later values win.
 */
public final class ConfigFiles {
    /** The file that counts when no flag names one; it may be missing. */
    public static final Path DEFAULT_FILE = Path.of("/etc/carafe/config.toml");

    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_DROP_INS = 256;

    private ConfigFiles() {}

    /**
     * @param file the file a flag named, which then must exist
     * @param flags dotted key to text, as {@link Flags} gives them
     * @throws CarafeException.Invalid naming file, line and key
     */
    public static CarafeConfig load(Optional<Path> file, Map<String, String> flags) {
        CarafeConfig config = CarafeConfig.defaults();
        Path main = file.orElse(DEFAULT_FILE);
        if (file.isPresent() || Files.exists(main)) {
            config = overlayFile(config, main);
        }
        for (Path dropIn : dropIns(main)) {
            config = overlayFile(config, dropIn);
        }
        return overlayFlags(config, flags);
    }

    /**
     * Checks one file over the defaults.
     *
     * @throws CarafeException.Invalid naming file, line and key
     */
    public static CarafeConfig check(Path file) {
        return overlayFile(CarafeConfig.defaults(), file);
    }

    static CarafeConfig overlayText(CarafeConfig base, String text, String name) {
        try {
            JsonNode tree = new TomlMapper().readTree(text);
            return ConfigBinder.overlay(base, tree);
        } catch (ConfigKeyException e) {
            throw new CarafeException.Invalid(
                    "%s:%d: %s".formatted(name, new TomlLines(text).of(e.key()), e.getMessage()),
                    e);
        } catch (JacksonException e) {
            throw new CarafeException.Invalid(
                    "%s:%d: not TOML: %s".formatted(name, line(e), e.getOriginalMessage()), e);
        }
    }

    /** Limits of the parser, as on nesting, come without a place. */
    private static int line(JacksonException e) {
        TokenStreamLocation location = e.getLocation();
        return location == null ? 1 : Math.max(1, location.getLineNr());
    }

    private static CarafeConfig overlayFile(CarafeConfig base, Path file) {
        return overlayText(base, read(file), file.toString());
    }

    private static CarafeConfig overlayFlags(CarafeConfig base, Map<String, String> flags) {
        CarafeConfig config = base;
        for (Map.Entry<String, String> flag : flags.entrySet()) {
            int dot = flag.getKey().indexOf('.');
            String section = flag.getKey().substring(0, dot);
            String key = flag.getKey().substring(dot + 1);
            ObjectNode table = JsonNodeFactory.instance.objectNode();
            ObjectNode tree = JsonNodeFactory.instance.objectNode();
            tree.set(section, table);
            if (Flags.isList(flag.getKey())) {
                table.putArray(key).add(flag.getValue());
            } else {
                table.put(key, flag.getValue());
            }
            try {
                config = ConfigBinder.overlay(config, tree);
            } catch (ConfigKeyException e) {
                throw new CarafeException.Invalid(
                        "flag %s: %s".formatted(Flags.nameOf(flag.getKey()), e.getMessage()), e);
            }
        }
        return config;
    }

    private static List<Path> dropIns(Path main) {
        Path dir = main.resolveSibling(main.getFileName() + ".d");
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, "*.toml")) {
            files.forEach(found::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw new CarafeException.Invalid("cannot list %s: %s".formatted(dir, e), e);
        }
        if (found.size() > MAX_DROP_INS) {
            throw new CarafeException.Invalid(
                    "%s holds %d files, at most %d are read"
                            .formatted(dir, found.size(), MAX_DROP_INS));
        }
        found.sort(null);
        return found;
    }

    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
            if (content.length > MAX_FILE_BYTES) {
                throw new CarafeException.Invalid(
                        "%s is larger than %d bytes".formatted(file, MAX_FILE_BYTES));
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (NoSuchFileException e) {
            throw new CarafeException.Invalid(
                    "%s does not exist; \"carafe config default\" prints one".formatted(file), e);
        } catch (CharacterCodingException e) {
            throw new CarafeException.Invalid("%s is not UTF-8 text".formatted(file), e);
        } catch (IOException e) {
            throw new CarafeException.Invalid("cannot read %s: %s".formatted(file, e), e);
        }
    }
}
