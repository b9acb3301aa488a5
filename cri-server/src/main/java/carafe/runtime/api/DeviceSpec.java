package carafe.runtime.api;

/**
 * A host device, or directory of devices, for a container.
 *
 * @param permissions some of {@code r}, {@code w}, {@code m}
 */
public record DeviceSpec(String containerPath, String hostPath, String permissions) {}
