package carafe.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.CapabilityChanges;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.GroupsPolicy;
import carafe.runtime.api.ProcessUser;
import carafe.runtime.spec.ResolvedUser;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserLookupTest {
    private final Map<String, String> files = new HashMap<>();
    private int images;
    private final UserLookup lookup =
            new UserLookup((_, path, _, _) ->
                    Optional.ofNullable(files.get(path))
                            .map(text -> text.getBytes(StandardCharsets.UTF_8)));

    @Test
    void nobodyAskedMeansRoot() {
        assertThat(find(asked(null, "", null), "").ids())
                .isEqualTo(new ProcessUser(0, 0, List.of(0L)));
    }

    @Test
    void theImagesUserIsLookedUpWithGroupsAndHome() {
        passwd();
        ResolvedUser user = find(asked(null, "", null), "web");
        assertThat(user.ids()).isEqualTo(new ProcessUser(1000, 100, List.of(100L, 33L, 44L)));
        assertThat(user.home()).isEqualTo("/home/web");
    }

    @Test
    void aNumberHasTheGroupOfItsLine() {
        passwd();
        assertThat(find(asked(1000L, "", null), "root").ids().gid()).isEqualTo(100);
        assertThat(find(asked(4711L, "", null), "root").ids())
                .isEqualTo(new ProcessUser(4711, 0, List.of(0L)));
    }

    @Test
    void groupsAreTakenByNameAndNumber() {
        passwd();
        assertThat(find(asked(null, "", null), "web:www-data").ids().gid()).isEqualTo(33);
        assertThat(find(asked(null, "", null), "web:7").ids().gid()).isEqualTo(7);
        assertThat(find(asked(null, "web", 9L), "").ids().gid()).isEqualTo(9);
    }

    @Test
    void strictPolicyForgetsTheImagesGroups() {
        passwd();
        ContainerSecurity strict =
                security(null, "web", null, List.of(5L, 33L, 5L), GroupsPolicy.STRICT);
        assertThat(find(strict, "").ids().supplementalGroups()).containsExactly(100L, 5L, 33L);
        ContainerSecurity merge = security(null, "web", null, List.of(5L), GroupsPolicy.MERGE);
        assertThat(find(merge, "").ids().supplementalGroups()).containsExactly(100L, 33L, 44L, 5L);
    }

    @Test
    void anUnknownNameIsAnError() {
        passwd();
        assertThatThrownBy(() -> find(asked(null, "nobody", null), ""))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("nobody");
        assertThatThrownBy(() -> find(asked(null, "", null), "web:staff"))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("staff");
    }

    @Test
    void aGroupNeedsAUser() {
        assertThatThrownBy(() -> find(asked(null, "", 5L), "web"))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("run_as_group");
        assertThatThrownBy(() -> find(asked(1L, "web", null), ""))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4294967295",
                "4294967296",
                "99999999999999999999",
                "-1",
                "0x10",
                "01000",
                " 1",
                "1 ",
                "1:1:1",
                "1:4294967296",
                "9e19",
                "+1",
                "٣",
                "1000\n",
                "web\u0000"
            })
    void noOddNumberBecomesAName(String user) {
        StringBuilder passwd = new StringBuilder("root:x:0:0::/root:/bin/sh\n");
        passwd.append(user).append(":x:0:0::/root:/bin/sh\n");
        files.put("/etc/passwd", passwd.toString());
        files.put("/etc/group", user + ":x:0:\n");
        assertThatThrownBy(() -> find(asked(null, "", null), user))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void largeNumbersStayExact() {
        assertThat(find(asked(null, "", null), "2147483648").ids().uid()).isEqualTo(2147483648L);
        assertThat(find(asked(4294967294L, "", null), "").ids().uid()).isEqualTo(4294967294L);
        assertThatThrownBy(() -> find(asked(4294967295L, "", null), ""))
                .isInstanceOf(CarafeException.Invalid.class);
        assertThatThrownBy(() -> find(asked(-1L, "", null), ""))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void damagedLinesAreSkipped() {
        files.put("/etc/passwd", "\n#web:x:1:1\nweb\nweb:x:y:z\nweb:x:5:6\n\u0000\n");
        files.put("/etc/group", "a\nb:x\nc:x:7:web\nd:x:-1:web\n");
        ResolvedUser user = find(asked(null, "web", null), "");
        assertThat(user.ids()).isEqualTo(new ProcessUser(5, 6, List.of(6L, 7L)));
        assertThat(user.home()).isEqualTo("/");
    }

    private void passwd() {
        files.put(
                "/etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:100:Web:/home/web:/bin/sh\n");
        files.put(
                "/etc/group", "root:x:0:\nusers:x:100:\nwww-data:x:33:web,other\nvideo:x:44:web\n");
    }

    private ResolvedUser find(ContainerSecurity asked, String imageUser) {
        // A new image each time, as its files change with its id only.
        return lookup.find(asked, imageUser, "image " + images++, List.of());
    }

    private static ContainerSecurity asked(@Nullable Long user, String name, @Nullable Long group) {
        return security(user, name, group, List.of(), GroupsPolicy.MERGE);
    }

    private static ContainerSecurity security(
            @Nullable Long user,
            String name,
            @Nullable Long group,
            List<Long> groups,
            GroupsPolicy policy) {
        return new ContainerSecurity(
                CapabilityChanges.NONE,
                false,
                null,
                null,
                user,
                name,
                group,
                false,
                groups,
                policy,
                false,
                null,
                null,
                null,
                null);
    }
}
