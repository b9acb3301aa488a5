package carafe.linux.cgroup;

import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads files in which the kernel counts. A controller may be off, and the cgroup may go while it
 * is read: then there is nothing, and no error. Thread-safe.
 */
final class CounterFiles {
    /** Version 1 writes "no limit" as the largest multiple of a page. */
    private static final long UNLIMITED = 1L << 60;

    private final CgroupFiles files;

    CounterFiles(CgroupFiles files) {
        this.files = files;
    }

    Optional<String> text(Path file) {
        try {
            return Optional.of(files.read(file));
        } catch (SyscallException e) {
            return Optional.empty();
        }
    }

    /** The number in the file; null without the file, and for {@code max}. */
    @Nullable Long number(Path file) {
        return text(file).map(CounterFiles::parsed).orElse(null);
    }

    /** As {@link #number}, and null for what version 1 writes for no limit. */
    @Nullable Long limit(Path file) {
        Long limit = number(file);
        return limit == null || limit >= UNLIMITED || limit < 0 ? null : limit;
    }

    /** As {@link #limit}, but 0 for no limit: null only without the file. */
    @Nullable Long limitOrZero(Path file) {
        Optional<String> text = text(file);
        if (text.isEmpty()) {
            return null;
        }
        Long limit = parsed(text.get());
        return limit == null || limit >= UNLIMITED || limit < 0 ? Long.valueOf(0) : limit;
    }

    /** The lines {@code NAME NUMBER} of the file. */
    Map<String, Long> fields(Path file) {
        Map<String, Long> fields = new HashMap<>();
        for (String line : lines(file)) {
            int space = line.indexOf(' ');
            Long value = space < 0 ? null : parsed(line.substring(space + 1));
            if (value != null) {
                fields.put(line.substring(0, space), value);
            }
        }
        return fields;
    }

    List<String> lines(Path file) {
        return text(file).map(text -> text.lines().toList()).orElse(List.of());
    }

    static @Nullable Long parsed(String text) {
        try {
            return Long.parseUnsignedLong(text.strip());
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
