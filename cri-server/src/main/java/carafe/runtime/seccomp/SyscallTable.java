package carafe.runtime.seccomp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/** Names and numbers of one architecture's system calls up to Linux 6.17. Immutable. */
final class SyscallTable {
    /** Numbers from here on are private to the architecture, not the running count. */
    private static final int PRIVATE_FROM = 0xF0000;

    private final Map<String, Integer> numbers;

    private SyscallTable(Map<String, Integer> numbers) {
        this.numbers = Map.copyOf(numbers);
    }

    /** Reads the table that ships with the program. */
    static SyscallTable load(Arch arch) {
        Map<String, Integer> numbers = new HashMap<>();
        InputStream resource =
                Objects.requireNonNull(
                        SyscallTable.class.getResourceAsStream(arch.table()), arch.table());
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(resource, StandardCharsets.US_ASCII))) {
            in.lines()
                    .map(line -> line.split("\t", 2))
                    .forEach(pair -> numbers.put(pair[0], Integer.parseInt(pair[1])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SyscallTable(numbers);
    }

    /** The number of a call, empty when this architecture has none of that name. */
    OptionalInt number(String name) {
        Integer number = numbers.get(name);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** The highest number of the running count; anything above is newer than this program. */
    int newest() {
        return numbers.values().stream()
                .filter(number -> number < PRIVATE_FROM)
                .max(Integer::compare)
                .orElseThrow();
    }
}
