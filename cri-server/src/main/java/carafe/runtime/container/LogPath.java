package carafe.runtime.container;

import carafe.base.CarafeException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where a container's log is: strictly below the pod's log directory. */
final class LogPath {
    private static final int MAX = 4096;
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]+");

    private LogPath() {}

    /**
     * @param directory the pod's; empty = no logs
     * @param path relative; empty = no log
     * @return absolute path, or an empty text for no log
     * @throws CarafeException.Invalid when it leads elsewhere or cannot be a file name
     */
    static String of(String directory, String path) {
        if (directory.isEmpty() || path.isEmpty()) {
            return "";
        }
        if (!PRINTABLE.matcher(path).matches() || path.length() > MAX) {
            throw new CarafeException.Invalid(
                    "log_path must be at most %d printable ASCII characters".formatted(MAX));
        }
        Path base = Path.of(directory).normalize();
        Path relative = Path.of(path);
        Path whole = base.resolve(relative).normalize();
        if (relative.isAbsolute() || !whole.startsWith(base) || whole.equals(base)) {
            throw new CarafeException.Invalid(
                    "log_path %s leads out of the log directory %s".formatted(path, directory));
        }
        return whole.toString();
    }
}
