package carafe.shim.build;

import java.nio.file.Path;

/** Replaces text of a generated source that must be there exactly once. */
final class Replacement {
    private Replacement() {}

    static String once(Path file, String text, String what, String with) {
        int at = text.indexOf(what);
        if (at < 0 || text.indexOf(what, at + 1) >= 0) {
            throw new BuildException(
                    "TeaVM's " + file.getFileName() + " is not what this builder knows");
        }
        return text.substring(0, at) + with + text.substring(at + what.length());
    }
}
