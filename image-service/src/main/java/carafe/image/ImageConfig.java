package carafe.image;

import java.util.List;
import java.util.Map;

/**
 * The part of an image's configuration that says how to run it. All of it is untrusted input,
 * copied as it stands; only its shape was checked. Absent texts are empty.
 *
 * @param user user, or user and group separated by a colon, as names or numbers
 * @param env entries as written, normally {@code NAME=value}
 * @param volumes paths inside the container
 * @param stopSignal name or number
 * @param labels opaque to Carafe; never select an action
 * @param variant of the architecture, such as {@code v8}
 */
public record ImageConfig(
        String user,
        List<String> env,
        List<String> entrypoint,
        List<String> cmd,
        String workingDir,
        List<String> volumes,
        String stopSignal,
        Map<String, String> labels,
        String os,
        String architecture,
        String variant) {
    /** Says nothing. */
    public static final ImageConfig NONE =
            new ImageConfig(
                    "", List.of(), List.of(), List.of(), "", List.of(), "", Map.of(), "", "", "");

    public ImageConfig {
        env = List.copyOf(env);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        volumes = List.copyOf(volumes);
        labels = Map.copyOf(labels);
    }
}
