package carafe.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.testkit.fuzz.Fuzz;
import java.util.List;
import org.junit.jupiter.api.Test;

/** F17: passwd and group of an image. */
class AccountFuzzTest {
    private static final long MAX_ID = 4294967294L;

    @Test
    void accounts() {
        new Fuzz("accounts", AccountFuzzTest::read)
                .seed("root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:\n")
                .seed("root:x:0:\nadm:x:4:syslog,me\n4294967295:x:0:a,,b\n")
                .words(":", "\n", "4294967295", "4294967294", "-1", "0x0", "+1", "\0", ",", "\r\n")
                .run();
    }

    private static Object read(byte[] input) {
        List<AccountFile.User> users = AccountFile.users(input);
        List<AccountFile.Group> groups = AccountFile.groups(input);
        assertThat(users)
                .allSatisfy(user -> {
                    assertThat(user.uid()).isBetween(0L, MAX_ID);
                    assertThat(user.gid()).isBetween(0L, MAX_ID);
                });
        assertThat(groups).allSatisfy(group -> assertThat(group.gid()).isBetween(0L, MAX_ID));
        return users.size() + 100 * groups.size();
    }
}
