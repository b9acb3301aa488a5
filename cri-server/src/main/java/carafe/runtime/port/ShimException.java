package carafe.runtime.port;

import java.io.IOException;

/** Why a shim did not do what it was asked. */
public abstract sealed class ShimException extends IOException {
    private static final long serialVersionUID = 1L;

    private ShimException(String message) {
        super(message);
    }

    /** The shim lives and says that a step failed. */
    public static final class Failed extends ShimException {
        private static final long serialVersionUID = 1L;

        private final String step;
        private final int errno;

        /**
         * @param step stable dotted name
         * @param path what it was about, may be empty
         * @param errno 0 when no system call failed
         * @param text what to tell the user
         */
        public Failed(String step, String path, int errno, String text) {
            super(path.isEmpty() ? step + ": " + text : step + " " + path + ": " + text);
            this.step = step;
            this.errno = errno;
        }

        public String step() {
            return step;
        }

        public int errno() {
            return errno;
        }
    }

    /** There is no shim to ask: never started, ended, or died. */
    public static final class Gone extends ShimException {
        private static final long serialVersionUID = 1L;

        public Gone(String message) {
            super(message);
        }
    }

    /** It did not answer in time. */
    public static final class Late extends ShimException {
        private static final long serialVersionUID = 1L;

        public Late(String message) {
            super(message);
        }
    }
}
