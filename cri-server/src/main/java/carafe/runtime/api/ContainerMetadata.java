package carafe.runtime.api;

/**
 * Name of a container, unique in its pod.
 *
 * @param attempt counts restarts, from 0
 */
public record ContainerMetadata(String name, int attempt) {}
