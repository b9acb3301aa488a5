package carafe.runtime.api;

/**
 * One environment variable.
 *
 * @param value any bytes but NUL
 */
public record EnvVar(String name, Bytes value) {}
