package carafe.shim.build;

/** The program cannot be built; the message says why and what to do. */
final class BuildException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BuildException(String message) {
        super(message);
    }
}
