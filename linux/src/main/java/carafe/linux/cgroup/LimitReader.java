package carafe.linux.cgroup;

import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads one controller's files of one cgroup; what is not there is empty. */
final class LimitReader {
    private final CgroupFiles files;
    private final Path directory;
    private final int version;

    /**
     * @param version 1 or 2: whose files the directory has
     */
    LimitReader(CgroupFiles files, Path directory, int version) {
        this.files = files;
        this.directory = directory;
        this.version = version;
    }

    boolean isV2() {
        return version == 2;
    }

    /** The file's text without white space around it. */
    Optional<String> text(String name) {
        try {
            return Optional.of(files.read(directory.resolve(name)).strip());
        } catch (SyscallException e) {
            return Optional.empty();
        }
    }

    /** A number; {@code max} is {@link Long#MAX_VALUE}. */
    OptionalLong number(String name) {
        return text(name).map(LimitReader::parse).orElse(OptionalLong.empty());
    }

    static OptionalLong parse(String text) {
        if (text.equals("max")) {
            return OptionalLong.of(Long.MAX_VALUE);
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
