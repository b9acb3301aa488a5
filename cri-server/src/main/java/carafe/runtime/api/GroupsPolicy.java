package carafe.runtime.api;

/** How the image's /etc/group takes part in a process's supplementary groups. */
public enum GroupsPolicy {
    /** Groups of the image that list the user, and those of the request. */
    MERGE,
    /** Those of the request only. */
    STRICT
}
