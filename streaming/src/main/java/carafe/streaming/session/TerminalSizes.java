package carafe.streaming.session;

import io.netty.buffer.ByteBuf;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The resize stream of a client: JSON objects with {@code Width} and {@code Height}, one after the
 * other, cut anywhere. Not thread-safe.
 */
public final class TerminalSizes {
    private static final int MAX_OBJECT = 512;
    private static final int MAX_CELLS = 0xffff;
    private static final Pattern WIDTH =
            Pattern.compile("\"width\"\\s*:\\s*(\\d{1,9})", Pattern.CASE_INSENSITIVE);
    private static final Pattern HEIGHT =
            Pattern.compile("\"height\"\\s*:\\s*(\\d{1,9})", Pattern.CASE_INSENSITIVE);

    private final StringBuilder object = new StringBuilder();
    private final Sink sink;

    /** Takes sizes in cells, 0 to 65535. */
    @FunctionalInterface
    public interface Sink {
        void resize(int columns, int rows);
    }

    public TerminalSizes(Sink sink) {
        this.sink = sink;
    }

    /**
     * Takes what came.
     *
     * @return false when it is nothing of this kind
     */
    public boolean accept(ByteBuf bytes) {
        while (bytes.isReadable()) {
            char c = (char) bytes.readUnsignedByte();
            object.append(c);
            if (object.length() > MAX_OBJECT) {
                return false;
            }
            if (c == '}') {
                tell(object.toString());
                object.setLength(0);
            }
        }
        return true;
    }

    private void tell(String json) {
        Matcher width = WIDTH.matcher(json);
        Matcher height = HEIGHT.matcher(json);
        if (width.find() && height.find()) {
            int columns = Integer.parseInt(width.group(1));
            int rows = Integer.parseInt(height.group(1));
            if (columns <= MAX_CELLS && rows <= MAX_CELLS) {
                sink.resize(columns, rows);
            }
        }
    }
}
