package carafe.image.pull;

import carafe.image.PullStatus;
import carafe.image.PullStatus.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The pulls that are under way, oldest first. Thread-safe. */
final class PullBoard {
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(TreeSet<String> names, List<LayerTrack> layers) {}

    /** A pull began; earlier tries at the same image are replaced. */
    synchronized void begin(String image, String name, List<LayerTrack> layers) {
        Entry entry = entries.get(image);
        TreeSet<String> names = entry == null ? new TreeSet<>() : entry.names();
        names.add(name);
        entries.put(image, new Entry(names, List.copyOf(layers)));
    }

    /** Somebody else waits for it, too. */
    synchronized void join(String image, String name) {
        Entry entry = entries.get(image);
        if (entry != null) {
            entry.names().add(name);
        }
    }

    synchronized void end(String image) {
        entries.remove(image);
    }

    synchronized List<PullStatus> list() {
        List<PullStatus> pulls = new ArrayList<>();
        int waiting = 0;
        for (Entry entry : entries.values()) {
            List<PullStatus.LayerStatus> layers =
                    entry.layers().stream().map(LayerTrack::status).toList();
            boolean works =
                    layers.stream()
                            .map(PullStatus.LayerStatus::state)
                            .anyMatch(s -> s == State.DOWNLOADING || s == State.UNPACKING);
            int position = works ? 0 : ++waiting;
            pulls.add(new PullStatus(List.copyOf(entry.names()), position, layers));
        }
        return pulls;
    }
}
