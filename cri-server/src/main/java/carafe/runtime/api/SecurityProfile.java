package carafe.runtime.api;

/**
 * A seccomp or AppArmor profile.
 *
 * @param localhostRef file or profile name, only with {@link Kind#LOCALHOST}
 */
public record SecurityProfile(Kind kind, String localhostRef) {
    private static final String LOCAL = "localhost/";

    /** Where the profile comes from. */
    public enum Kind {
        RUNTIME_DEFAULT,
        UNCONFINED,
        LOCALHOST
    }

    /** Name under which an AppArmor profile is loaded; empty = unconfined. */
    public String appArmorName() {
        return switch (kind) {
            case RUNTIME_DEFAULT -> "carafe-default";
            case UNCONFINED -> "";
            case LOCALHOST ->
                    localhostRef.startsWith(LOCAL)
                            ? localhostRef.substring(LOCAL.length())
                            : localhostRef;
        };
    }
}
