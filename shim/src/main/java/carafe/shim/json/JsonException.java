package carafe.shim.json;

/** Text that is not JSON, or a value that is not what it should be. Carries no stack trace. */
public final class JsonException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The message names the place: a byte offset, or a path such as {@code mounts[2].type}. */
    public JsonException(String message) {
        super(message);
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
