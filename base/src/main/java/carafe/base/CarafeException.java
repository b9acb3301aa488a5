package carafe.base;

import org.jspecify.annotations.Nullable;

/**
 * What can go wrong in Carafe, as a closed set of kinds. The message says what was tried, on what,
 * and why it failed; it is shown to users as it stands. One border turns the kind into a gRPC
 * status.
 */
public abstract sealed class CarafeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private CarafeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The named thing does not exist. */
    public static final class NotFound extends CarafeException {
        private static final long serialVersionUID = 1L;

        public NotFound(String message) {
            super(message, null);
        }

        public NotFound(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A thing of that name exists already. */
    public static final class Exists extends CarafeException {
        private static final long serialVersionUID = 1L;

        public Exists(String message) {
            super(message, null);
        }
    }

    /** The request or its input is wrong; asking again unchanged cannot succeed. */
    public static final class Invalid extends CarafeException {
        private static final long serialVersionUID = 1L;

        public Invalid(String message) {
            super(message, null);
        }

        public Invalid(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The thing is not in the state that the request needs. */
    public static final class Precondition extends CarafeException {
        private static final long serialVersionUID = 1L;

        public Precondition(String message) {
            super(message, null);
        }

        public Precondition(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A bound was reached: memory, disk, sessions, message size. */
    public static final class Exhausted extends CarafeException {
        private static final long serialVersionUID = 1L;

        public Exhausted(String message) {
            super(message, null);
        }

        public Exhausted(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Something outside did not answer or refused for now; trying again may succeed. */
    public static final class Unavailable extends CarafeException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message) {
            super(message, null);
        }

        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The caller's identity or credentials do not suffice. */
    public static final class Denied extends CarafeException {
        private static final long serialVersionUID = 1L;

        public Denied(String message) {
            super(message, null);
        }

        public Denied(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A deadline passed before the work ended. */
    public static final class Deadline extends CarafeException {
        private static final long serialVersionUID = 1L;

        public Deadline(String message) {
            super(message, null);
        }

        public Deadline(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Carafe does not do this (yet); the message says what and why. */
    public static final class Unsupported extends CarafeException {
        private static final long serialVersionUID = 1L;

        public Unsupported(String message) {
            super(message, null);
        }
    }

    /** A failure of Carafe, the kernel or the disk that the caller could not have avoided. */
    public static final class Internal extends CarafeException {
        private static final long serialVersionUID = 1L;

        public Internal(String message) {
            super(message, null);
        }

        public Internal(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
