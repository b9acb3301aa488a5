package carafe.shim.child;

/** What is asked for is refused or impossible, without a system call having failed. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String sentence;

    /** The message is a sentence for the user. */
    RefusedException(String sentence) {
        this.sentence = sentence;
    }

    @Override
    public String getMessage() {
        return sentence;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
