package carafe.metrics;

/**
 * Which Carafe this is.
 *
 * @param version semantic version without a leading v
 * @param revision abbreviated commit, or {@code unknown} outside a checkout
 * @param java version of the running JVM
 */
public record BuildInfo(String version, String revision, String java) {}
