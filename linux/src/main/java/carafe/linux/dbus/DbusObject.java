package carafe.linux.dbus;

/**
 * Whom a call is for.
 *
 * @param service its well-known name
 * @param face the interface
 */
public record DbusObject(String service, String path, String face) {}
