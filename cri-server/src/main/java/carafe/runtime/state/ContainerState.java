package carafe.runtime.state;

import carafe.runtime.api.ContainerPhase;
import carafe.runtime.port.ProcessId;

/** Where a container's life stands; see docs/runtime.md. */
public sealed interface ContainerState {
    /** Its first process stands before execve. */
    record Created(ProcessId init) implements ContainerState {}

    /** Its first process runs. */
    record Running(ProcessId init, long startedAtNanos) implements ContainerState {}

    /**
     * It has ended.
     *
     * @param startedAtNanos 0 when it was never started
     */
    record Exited(
            int code, Reason reason, String message, long startedAtNanos, long finishedAtNanos)
            implements ContainerState {}

    /** Its shim does not answer; only in memory. */
    record Unknown(ContainerState last) implements ContainerState {}

    /** Why it ended, in the words of the CRI. */
    enum Reason {
        COMPLETED("Completed"),
        ERROR("Error"),
        OOM_KILLED("OOMKilled"),
        START_ERROR("StartError"),
        UNKNOWN("Unknown");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /** As a list shows it. */
    default ContainerPhase phase() {
        return switch (this) {
            case Created _ -> ContainerPhase.CREATED;
            case Running _ -> ContainerPhase.RUNNING;
            case Exited _ -> ContainerPhase.EXITED;
            case Unknown _ -> ContainerPhase.UNKNOWN;
        };
    }

    /** When it was started, in Unix time; 0 when it never was. */
    default long startedAt() {
        return switch (this) {
            case Created _ -> 0;
            case Running running -> running.startedAtNanos();
            case Exited exited -> exited.startedAtNanos();
            case Unknown unknown -> unknown.last().startedAt();
        };
    }

    /** The pid of its first process; 0 when it has ended. */
    default int pid() {
        return switch (this) {
            case Created created -> created.init().pid();
            case Running running -> running.init().pid();
            case Exited _ -> 0;
            case Unknown unknown -> unknown.last().pid();
        };
    }
}
