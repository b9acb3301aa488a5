package carafe.shim.spec;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How ids inside a user namespace or an idmapped mount appear outside: the runtime-spec's {@code
 * uidMappings} and {@code gidMappings}. Ids are unsigned 32 bit.
 */
public record IdMaps(List<Range> uids, List<Range> gids) {
    private static final long MAX_ID = 0xffffffffL;

    /** What an id is mapped to that no range holds. */
    public static final int UNMAPPED = -1;

    /** A run of ids. */
    public record Range(long inside, long outside, long size) {
        static Range of(Json json) throws JsonException {
            return new Range(
                    json.get("containerID").integer(0, MAX_ID),
                    json.get("hostID").integer(0, MAX_ID),
                    json.get("size").integer(1, MAX_ID));
        }
    }

    /**
     * Reads both lists from the object that holds them.
     *
     * @return null when neither is there or both are empty
     * @throws JsonException when only one is there
     */
    static @Nullable IdMaps of(Json json) throws JsonException {
        List<Range> uids = ranges(json.get("uidMappings"));
        List<Range> gids = ranges(json.get("gidMappings"));
        if (uids.isEmpty() && gids.isEmpty()) {
            return null;
        }
        if (uids.isEmpty() || gids.isEmpty()) {
            throw new JsonException(
                    json.path() + ": uidMappings and gidMappings must be given together");
        }
        return new IdMaps(uids, gids);
    }

    private static List<Range> ranges(Json list) throws JsonException {
        List<Range> ranges = new ArrayList<>();
        for (Json element : list.elements()) {
            ranges.add(Range.of(element));
        }
        return ranges;
    }

    /** The user's id outside, {@link #UNMAPPED} when it has none. */
    public int uid(int inside) {
        return map(uids, inside);
    }

    /** The group's id outside, {@link #UNMAPPED} when it has none. */
    public int gid(int inside) {
        return map(gids, inside);
    }

    private static int map(List<Range> ranges, int inside) {
        long id = inside & 0xffffffffL;
        for (Range range : ranges) {
            if (id >= range.inside() && id - range.inside() < range.size()) {
                return (int) (range.outside() + (id - range.inside()));
            }
        }
        return UNMAPPED;
    }

    /** As /proc/PID/uid_map and gid_map take a list. */
    public static String text(List<Range> ranges) {
        StringBuilder text = new StringBuilder();
        for (Range range : ranges) {
            text.append(range.inside()).append(' ').append(range.outside()).append(' ');
            text.append(range.size()).append('\n');
        }
        return text.toString();
    }

    /** Whether the other maps every id as this does, written in the same way. */
    public boolean sameAs(IdMaps other) {
        return text(uids).equals(text(other.uids)) && text(gids).equals(text(other.gids));
    }
}
