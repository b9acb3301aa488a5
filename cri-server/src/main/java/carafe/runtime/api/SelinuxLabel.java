package carafe.runtime.api;

/** Parts of an SELinux label; empty parts are the system's choice. */
public record SelinuxLabel(String user, String role, String type, String level) {
    public boolean isEmpty() {
        return user.isEmpty() && role.isEmpty() && type.isEmpty() && level.isEmpty();
    }
}
