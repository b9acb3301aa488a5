package carafe.linux.cgroup;

/**
 * A limit that this machine cannot set; the container runs without it.
 *
 * @param what the cgroup file or feature
 * @param value what should have been set
 * @param why for the log
 */
public record Degradation(String what, String value, String why) {}
