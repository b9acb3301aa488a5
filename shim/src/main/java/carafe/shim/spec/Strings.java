package carafe.shim.spec;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import java.util.ArrayList;
import java.util.List;

/** Lists of strings. */
final class Strings {
    private Strings() {}

    /** Texts without NUL; none when the list is missing. */
    static List<String> of(Json list) throws JsonException {
        List<String> texts = new ArrayList<>();
        for (Json element : list.elements()) {
            texts.add(element.string());
        }
        return texts;
    }

    /** Bytes without NUL; none when the list is missing. */
    static byte[][] bytesOf(Json list) throws JsonException {
        Json[] elements = list.elements();
        byte[][] all = new byte[elements.length][];
        for (int i = 0; i < all.length; i++) {
            all[i] = elements[i].cString();
        }
        return all;
    }
}
