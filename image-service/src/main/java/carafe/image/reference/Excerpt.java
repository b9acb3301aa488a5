package carafe.image.reference;

/** Foreign text made fit for a message: short, and without control characters. */
public final class Excerpt {
    private static final int MAX_CHARS = 256;

    private Excerpt() {}

    /** At most 256 characters of the text in quotes, everything unprintable as {@code ?}. */
    public static String of(String text) {
        return "\"" + plain(text) + "\"";
    }

    /** As {@link #of}, without the quotes. */
    public static String plain(String text) {
        StringBuilder shown = new StringBuilder();
        int end = Math.min(text.length(), MAX_CHARS);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean printable = c >= ' ' && c < 0x7f;
            shown.append(printable ? c : '?');
        }
        return text.length() > MAX_CHARS ? shown + "…" : shown.toString();
    }
}
