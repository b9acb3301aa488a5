package carafe.linux.systemd;

import carafe.base.CarafeException;
import java.util.regex.Pattern;

/** A scope of systemd's: a unit of processes that somebody else has started. */
public record ScopeName(String value) {
    private static final int MAX = 255;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9:_.][A-Za-z0-9:_.-]*\\.scope");

    public ScopeName {
        if (value.length() > MAX || !PLAIN.matcher(value).matches()) {
            throw new CarafeException.Invalid(
                    "\"%s\" is not the name of a scope".formatted(value.replace('\0', '?')));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
