package carafe.image.unpack;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory that layers are applied to one after the other, as the image
 * specification describes it: the judge over unpacking and stacking.
 */
final class ModelTree {
    /** A file, a directory or the like. Hard links share one object. */
    static final class Node {
        final char type;
        final String what;
        Stamp stamp;
        final Map<String, String> attributes = new TreeMap<>();
        final Map<String, Node> children = new TreeMap<>();

        Node(char type, String what, Stamp stamp) {
            this.type = type;
            this.what = what;
            this.stamp = stamp;
        }

        boolean isDirectory() {
            return type == '5';
        }
    }

    /** What every entry has. */
    record Stamp(int mode, long owner, long group, long seconds, int nanos) {
        /** Of a directory that nobody described. */
        static final Stamp IMPLIED = new Stamp(0755, 0, 0, 0, 0);

        Stamp withMode(int other) {
            return new Stamp(other, owner, group, seconds, nanos);
        }
    }

    final Node root = new Node('5', "", Stamp.IMPLIED);

    /** The node, without following links. */
    @Nullable Node find(String path) {
        Node at = root;
        for (String name : path.split("/", -1)) {
            if (at == null || name.isEmpty()) {
                return at;
            }
            at = at.children.get(name);
        }
        return at;
    }

    /** The directory that holds the path's last name, made if need be. */
    Node parent(String path) {
        Node at = root;
        String[] names = path.split("/", -1);
        for (int i = 0; i < names.length - 1; i++) {
            Node next = at.children.get(names[i]);
            if (next == null || !next.isDirectory()) {
                next = new Node('5', "", Stamp.IMPLIED);
                at.children.put(names[i], next);
            }
            at = next;
        }
        return at;
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        print("", root, text);
        return text.toString();
    }

    private static void print(String path, Node node, StringBuilder text) {
        Stamp stamp = node.stamp;
        text.append(path.isEmpty() ? "/" : path)
                .append(
                        " %c %s %o %d:%d %d.%09d %s%n"
                                .formatted(
                                        node.type,
                                        node.what,
                                        stamp.mode(),
                                        stamp.owner(),
                                        stamp.group(),
                                        stamp.seconds(),
                                        stamp.nanos(),
                                        node.attributes));
        node.children.forEach((name, child) -> print(path + "/" + name, child, text));
    }
}
