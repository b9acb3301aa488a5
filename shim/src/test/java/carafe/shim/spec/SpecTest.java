package carafe.shim.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpecTest {
    private static ProcessSpec process(String json) throws JsonException {
        return ProcessSpec.of(Json.parse(json.getBytes(UTF_8)));
    }

    @Test
    void idsAreUnsigned() throws Exception {
        ProcessSpec spec =
                process("{\"user\":{\"uid\":4294967294,\"gid\":2147483648,\"umask\":63}}");
        assertThat(Integer.toUnsignedLong(spec.user().uid())).isEqualTo(4294967294L);
        assertThat(Integer.toUnsignedLong(spec.user().gid())).isEqualTo(2147483648L);
        assertThat(spec.user().umask()).isEqualTo(077);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4294967295", "-1", "4294967296", "9e19", "\"0\"", "1.5", "true", "[]"})
    void aDamagedIdIsRefusedAndNeverRoot(String id) {
        assertThatThrownBy(() -> process("{\"user\":{\"uid\":" + id + "}}"))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("user.uid");
    }

    @Test
    void capabilitiesAreSetsOfTheirNumbers() throws Exception {
        ProcessSpec spec =
                process(
                        "{\"capabilities\":{\"bounding\":[\"CAP_CHOWN\",\"CAP_SYS_ADMIN\","
                                + "\"CAP_CHECKPOINT_RESTORE\"]}}");
        assertThat(spec.capabilities().bounding()).isEqualTo(1L | 1L << 21 | 1L << 40);
        assertThat(spec.capabilities().inheritable()).isZero();
        assertThatThrownBy(() -> process("{\"capabilities\":{\"ambient\":[\"CAP_X\"]}}"))
                .hasMessageContaining("unknown capability CAP_X");
    }

    @Test
    void limitsKeepUnsignedValues() throws Exception {
        ProcessSpec spec =
                process(
                        "{\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"soft\":5,"
                                + "\"hard\":18446744073709551615}]}");
        assertThat(spec.limits()).containsExactly(new ProcessSpec.Limit("RLIMIT_NOFILE", 7, 5, -1));
    }

    @Test
    void anExecNeedsNeitherArgsNorEnv() throws Exception {
        ProcessSpec spec = process("{}");
        assertThat(spec.args()).isEmpty();
        assertThat(spec.cwd()).containsExactly('/');
        assertThat(spec.oomScoreAdj()).isZero();
        assertThat(spec.apparmorProfile()).isNull();
    }

    @Test
    void aNulInAnArgumentIsRefused() {
        assertThatThrownBy(() -> process("{\"args\":[\"a\\u0000b\"]}"))
                .hasMessageContaining("args[0]");
    }

    private static byte[][] env(String base64) throws JsonException {
        byte @Nullable [][] env =
                ShimSpec.of(
                                Json.parse(
                                        ("{\"version\":1,\"id\":\"x\",\"envBase64\":[\""
                                                        + base64
                                                        + "\"]}")
                                                .getBytes(UTF_8)))
                        .env();
        return Objects.requireNonNull(env);
    }

    @Test
    void envValuesAreBytes() throws Exception {
        for (Map.Entry<String, String> each :
                Map.of("", "", "QQ==", "A", "QUI=", "AB", "QUI9", "AB=").entrySet()) {
            assertThat(env(each.getKey())[0]).isEqualTo(each.getValue().getBytes(UTF_8));
        }
        assertThat(env("/z4=")[0]).containsExactly(0xff, 0x3e);
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "QQ=", "====", "Q===", "QQ==QQ==", "Q Q=", "AA==", "-_8="})
    void damagedBase64IsRefused(String text) {
        assertThatThrownBy(() -> env(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void aNewerVersionIsRefused() {
        assertThatThrownBy(() ->
                        ShimSpec.of(Json.parse("{\"version\":2,\"id\":\"x\"}".getBytes(UTF_8))))
                .hasMessageContaining("version");
    }

    @Test
    void onlySharedNamespacesCanBeAPods() throws Exception {
        PodSpec pod =
                PodSpec.parse(
                        "{\"version\":1,\"id\":\"p\",\"namespaces\":[\"net\",\"pid\"]}"
                                .getBytes(UTF_8));
        assertThat(pod.shares(NamespaceType.NETWORK)).isTrue();
        assertThat(pod.shares(NamespaceType.UTS)).isFalse();
        assertThatThrownBy(() ->
                        PodSpec.parse(
                                "{\"version\":1,\"id\":\"p\",\"namespaces\":[\"mount\"]}"
                                        .getBytes(UTF_8)))
                .hasMessageContaining("cannot share mount");
    }
}
