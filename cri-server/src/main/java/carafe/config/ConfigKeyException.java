package carafe.config;

/** A key of a file that is unknown or has a wrong value; the line is found by who read the file. */
final class ConfigKeyException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String key;

    ConfigKeyException(String key, String message) {
        super(message);
        this.key = key;
    }

    /** The dotted path of the key. */
    String key() {
        return key;
    }
}
