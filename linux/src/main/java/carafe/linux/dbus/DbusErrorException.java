package carafe.linux.dbus;

import java.io.IOException;

/** The other side understood the call and refuses it. */
public final class DbusErrorException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String name;

    DbusErrorException(String name, String text) {
        super(text.isEmpty() ? name : text);
        this.name = name;
    }

    /** The error's name, such as {@code org.freedesktop.systemd1.NoSuchUnit}. */
    public String name() {
        return name;
    }
}
