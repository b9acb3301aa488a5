package carafe.runtime.api;

/**
 * Name of a pod sandbox; the four together are unique on a node.
 *
 * @param attempt counts the sandboxes made for one pod, from 0
 */
public record SandboxMetadata(String name, String uid, String namespace, int attempt) {}
