package carafe.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/**
 * What a reload makes of a daemon that runs with one configuration and finds another one written.
 *
 * @param config what counts from now on: live keys as written, the others as they were
 * @param applied dotted keys of the live ones that have changed
 * @param needRestart dotted keys of the others that have changed
 */
public record Reloaded(CarafeConfig config, List<String> applied, List<String> needRestart) {
    public Reloaded {
        applied = List.copyOf(applied);
        needRestart = List.copyOf(needRestart);
    }

    /** Compares key by key. */
    public static Reloaded of(CarafeConfig running, CarafeConfig written) {
        List<String> applied = new ArrayList<>();
        List<String> needRestart = new ArrayList<>();
        RecordComponent[] sections = CarafeConfig.class.getRecordComponents();
        Object[] values = new Object[sections.length];
        for (int i = 0; i < sections.length; i++) {
            values[i] =
                    section(
                            sections[i],
                            (Record) ConfigBinder.read(sections[i], running),
                            (Record) ConfigBinder.read(sections[i], written),
                            new Changes(applied, needRestart));
        }
        return new Reloaded(ConfigBinder.remake(running, values), applied, needRestart);
    }

    private record Changes(List<String> applied, List<String> needRestart) {}

    private static Record section(
            RecordComponent section, Record running, Record written, Changes changes) {
        RecordComponent[] keys = running.getClass().getRecordComponents();
        Object[] values = new Object[keys.length];
        for (int i = 0; i < keys.length; i++) {
            Object was = ConfigBinder.read(keys[i], running);
            Object wanted = ConfigBinder.read(keys[i], written);
            boolean live = isLive(keys[i]);
            values[i] = live ? wanted : was;
            if (!wanted.equals(was)) {
                (live ? changes.applied() : changes.needRestart())
                        .add(ConfigBinder.key(section) + "." + ConfigBinder.key(keys[i]));
            }
        }
        return ConfigBinder.remake(running, values);
    }

    private static boolean isLive(RecordComponent key) {
        Doc doc = key.getAnnotation(Doc.class);
        return doc != null && doc.live();
    }
}
