package carafe.image.download;

import java.io.IOException;

/** A request for a part of a blob was answered by something else. */
public final class RangesRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param why what came instead
     */
    public RangesRefusedException(String why) {
        super(why);
    }
}
