package carafe.shim.control;

import carafe.shim.wire.Reply;

/**
 * Where a container's life stands.
 *
 * <pre>
 * MAKING ─ready, log open─▶ CREATED ─start─▶ STARTING ─execve─▶ RUNNING
 *    │                         │                 │                 │ init reaped
 *    ▼                         └────────┬────────┴─────────────────┘
 * ABANDONED                             ▼
 *                                    ENDING ─drained, or 2 s─▶ EXITED
 * </pre>
 */
enum Stage {
    MAKING,
    ABANDONED,
    CREATED,
    STARTING,
    RUNNING,
    ENDING,
    EXITED;

    /** As the daemon sees it. */
    Reply.Phase phase() {
        return switch (this) {
            case MAKING, CREATED, STARTING -> Reply.Phase.CREATED;
            case RUNNING -> Reply.Phase.RUNNING;
            case ABANDONED, ENDING, EXITED -> Reply.Phase.EXITED;
        };
    }
}
