package carafe.shim.sys;

/** Calls on identity, capabilities and seccomp of this process. Ids are unsigned 32 bit. */
public interface CredentialCalls {
    /** supplementary groups. */
    void setGroups(int[] gids) throws SyscallException;

    /** Real, effective and saved. */
    void setGid(int gid) throws SyscallException;

    /** Real, effective and saved. */
    void setUid(int uid) throws SyscallException;

    void setKeepCapabilities(int zeroOrOne) throws SyscallException;

    /** capset; bit n = capability n. */
    void setCapabilities(long effective, long permitted, long inheritable) throws SyscallException;

    /** Permitted set of this process. */
    long permitted() throws SyscallException;

    /** Drops every capability that is not in the set from the bounding set. */
    void limitBounding(long keep) throws SyscallException;

    void clearAmbient() throws SyscallException;

    void raiseAmbient(int capability) throws SyscallException;

    void setNoNewPrivileges() throws SyscallException;

    /**
     * Loads a filter.
     *
     * @param program struct sock_filter array, 8 bytes an instruction
     * @param flags SECCOMP_FILTER_FLAG bits
     */
    void loadSeccomp(Buffer program, int instructions, int flags) throws SyscallException;

    /**
     * Loads a filter that ends this process for any call but poll, madvise, write, close and exit.
     */
    void allowOnlyWaiting() throws SyscallException;
}
