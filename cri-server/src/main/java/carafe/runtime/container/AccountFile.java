package carafe.runtime.container;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines of an image's /etc/passwd or /etc/group. Lines that are not of the known form are skipped,
 * as every C library does.
 */
final class AccountFile {
    private AccountFile() {}

    record User(String name, long uid, long gid, String home) {}

    record Group(String name, long gid, List<String> members) {
        Group {
            members = List.copyOf(members);
        }
    }

    static List<User> users(byte[] passwd) {
        List<User> users = new ArrayList<>();
        for (String[] fields : lines(passwd)) {
            if (fields.length >= 4 && isId(fields[2]) && isId(fields[3])) {
                String home = fields.length >= 6 ? fields[5] : "";
                users.add(new User(fields[0], id(fields[2]), id(fields[3]), home));
            }
        }
        return users;
    }

    static List<Group> groups(byte[] group) {
        List<Group> groups = new ArrayList<>();
        for (String[] fields : lines(group)) {
            if (fields.length >= 3 && isId(fields[2])) {
                List<String> members =
                        fields.length >= 4 ? List.of(fields[3].split(",", -1)) : List.of();
                groups.add(new Group(fields[0], id(fields[2]), members));
            }
        }
        return groups;
    }

    private static boolean isId(String text) {
        return NumericId.parse(text).isPresent();
    }

    private static long id(String text) {
        return NumericId.parse(text).orElseThrow();
    }

    private static List<String[]> lines(byte[] file) {
        return new String(file, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(":", -1))
                .toList();
    }
}
