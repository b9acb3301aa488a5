package carafe.runtime.port;

/** Processes of this machine, known by pid and start time. */
public interface Processes {
    /** Which run of the machine this is. */
    String bootId();

    boolean isAlive(ProcessId process);

    /**
     * Whether it has a handler for the signal now. Without one the first process of a PID namespace
     * never sees the signal. False when it is gone.
     */
    boolean hears(ProcessId process, int signal);

    /** SIGKILL; a process that is gone is success. Does not wait for its end. */
    void kill(ProcessId process);

    /** Calls back once when it has ended, at once when it has already. */
    Watch onExit(ProcessId process, Runnable callback);

    /** A watched process. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
