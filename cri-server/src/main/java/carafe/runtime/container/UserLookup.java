package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.GroupsPolicy;
import carafe.runtime.api.ProcessUser;
import carafe.runtime.port.RootfsFiles;
import carafe.runtime.spec.ResolvedUser;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds out who a container's first process is: the request's user, else the image's, else root,
 * with groups out of the image's own files. A number is never looked up as a name, so that no line
 * of an image can turn it into another user; what is neither a number nor a plain name is refused.
 */
final class UserLookup {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.@-]{0,255}\\$?");

    private final ImageAccounts accounts;

    UserLookup(RootfsFiles files) {
        this.accounts = new ImageAccounts(files);
    }

    /**
     * @param imageUser the image's USER, may be empty
     * @param imageId says which layers these are
     * @throws CarafeException.Invalid when the user or group is malformed or not in the image
     */
    ResolvedUser find(
            ContainerSecurity asked, String imageUser, String imageId, List<Path> layersTopFirst) {
        checkCombination(asked);
        ImageAccounts.Known known = accounts.of(imageId, layersTopFirst);
        List<AccountFile.User> users = known.users();
        List<AccountFile.Group> groups = known.groups();
        Wanted wanted = wanted(asked, imageUser);
        Optional<AccountFile.User> account = account(wanted.user(), users);
        long uid = account.map(AccountFile.User::uid).orElseGet(() -> number(wanted.user()));
        long gid = gid(wanted, account, groups);
        Set<Long> all = new LinkedHashSet<>();
        all.add(gid);
        if (asked.groupsPolicy() == GroupsPolicy.MERGE) {
            account.ifPresent(user -> addMemberships(user.name(), groups, all));
        }
        asked.supplementalGroups().forEach(each -> all.add(checked("supplemental group", each)));
        return new ResolvedUser(new ProcessUser(uid, gid, List.copyOf(all)), home(account));
    }

    /** User and group as texts; an empty group means the user's own. */
    private record Wanted(String user, String group) {}

    private static void checkCombination(ContainerSecurity asked) {
        boolean hasUser = asked.runAsUser() != null;
        if (hasUser && !asked.runAsUsername().isEmpty()) {
            throw new CarafeException.Invalid("run_as_user excludes run_as_username");
        }
        if (asked.runAsGroup() != null && !hasUser && asked.runAsUsername().isEmpty()) {
            throw new CarafeException.Invalid("run_as_group needs run_as_user or run_as_username");
        }
    }

    private static Wanted wanted(ContainerSecurity asked, String imageUser) {
        Long group = asked.runAsGroup();
        String groupText = group == null ? "" : String.valueOf(checked("run_as_group", group));
        Long user = asked.runAsUser();
        if (user != null) {
            return new Wanted(String.valueOf(checked("run_as_user", user)), groupText);
        }
        if (!asked.runAsUsername().isEmpty()) {
            return new Wanted(asked.runAsUsername(), groupText);
        }
        if (imageUser.isEmpty()) {
            return new Wanted("0", "");
        }
        int colon = imageUser.indexOf(':');
        return colon < 0
                ? new Wanted(imageUser, "")
                : new Wanted(
                        colon == 0 ? "0" : imageUser.substring(0, colon),
                        imageUser.substring(colon + 1));
    }

    private static Optional<AccountFile.User> account(String user, List<AccountFile.User> users) {
        OptionalLong number = NumericId.parse(user);
        if (number.isPresent()) {
            return users.stream().filter(each -> each.uid() == number.getAsLong()).findFirst();
        }
        checkName("user", user);
        Optional<AccountFile.User> found =
                users.stream().filter(each -> each.name().equals(user)).findFirst();
        if (found.isEmpty()) {
            throw new CarafeException.Invalid(
                    "the image's /etc/passwd has no user \"%s\"".formatted(user));
        }
        return found;
    }

    private static long gid(
            Wanted wanted, Optional<AccountFile.User> account, List<AccountFile.Group> groups) {
        if (wanted.group().isEmpty()) {
            return account.map(AccountFile.User::gid).orElse(0L);
        }
        OptionalLong number = NumericId.parse(wanted.group());
        if (number.isPresent()) {
            return number.getAsLong();
        }
        checkName("group", wanted.group());
        return groups.stream()
                .filter(each -> each.name().equals(wanted.group()))
                .findFirst()
                .orElseThrow(() ->
                        new CarafeException.Invalid(
                                "the image's /etc/group has no group \"%s\""
                                        .formatted(wanted.group())))
                .gid();
    }

    private static void addMemberships(String user, List<AccountFile.Group> groups, Set<Long> all) {
        groups.stream()
                .filter(each -> each.members().contains(user))
                .forEach(each -> all.add(each.gid()));
    }

    private static String home(Optional<AccountFile.User> account) {
        String home = account.map(AccountFile.User::home).orElse("");
        return home.startsWith("/") && home.indexOf(0) < 0 ? home : "/";
    }

    private static long number(String text) {
        return NumericId.parse(text).orElseThrow();
    }

    private static long checked(String what, long id) {
        if (id < 0 || id > NumericId.MAX) {
            throw new CarafeException.Invalid(
                    "%s %d is not between 0 and %d".formatted(what, id, NumericId.MAX));
        }
        return id;
    }

    private static void checkName(String what, String text) {
        if (!NAME.matcher(text).matches()) {
            throw new CarafeException.Invalid(
                    "\"%s\" is neither a number from 0 to %d nor the name of a %s"
                            .formatted(text, NumericId.MAX, what));
        }
    }
}
