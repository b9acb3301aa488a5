package carafe.runtime.api;

/**
 * A seccomp or AppArmor profile.
 *
 * @param localhostRef file or profile name, only with {@link Kind#LOCALHOST}
 */
public record SecurityProfile(Kind kind, String localhostRef) {
    /** Where the profile comes from. */
    public enum Kind {
        RUNTIME_DEFAULT,
        UNCONFINED,
        LOCALHOST
    }
}
