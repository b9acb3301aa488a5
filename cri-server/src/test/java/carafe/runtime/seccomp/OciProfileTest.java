package carafe.runtime.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class OciProfileTest {
    private static final Target TARGET = new Target(Arch.X86_64, Set.of("CAP_CHOWN"), 6018);

    @Test
    void rulesThatDoNotConcernTheContainerAreLeftOut() {
        ObjectNode profile =
                oci(
                        """
                        {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
                          {"names": ["read"], "action": "SCMP_ACT_ALLOW"},
                          {"names": ["bpf"], "action": "SCMP_ACT_ALLOW",
                           "includes": {"caps": ["CAP_BPF"]}},
                          {"names": ["chown"], "action": "SCMP_ACT_ALLOW",
                           "includes": {"caps": ["CAP_CHOWN"]}},
                          {"names": ["old"], "action": "SCMP_ACT_ALLOW",
                           "excludes": {"minKernel": "4.8"}}]}
                        """);

        assertThat(profile.path("defaultAction").asString()).isEqualTo("SCMP_ACT_ERRNO");
        assertThat(profile.path("defaultErrnoRet").asInt()).isEqualTo(38);
        assertThat(profile.path("syscalls").findValuesAsString("action")).hasSize(2);
        assertThat(profile.at("/syscalls/1/names/0").asString()).isEqualTo("chown");
        assertThat(profile.path("architectures").valueStream().map(each -> each.asString()))
                .containsExactly("SCMP_ARCH_X86_64", "SCMP_ARCH_X86");
    }

    @Test
    void comparisonsKeepTheirValuesAsUnsignedNumbers() {
        ObjectNode profile =
                oci(
                        """
                        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                          {"names": ["clone"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [
                            {"index": 0, "value": 18446744073709551615, "valueTwo": 7,
                             "op": "SCMP_CMP_MASKED_EQ"},
                            {"index": 1, "value": 3, "op": "SCMP_CMP_GE"}]}]}
                        """);

        assertThat(profile.at("/syscalls/0/args").toString())
                .isEqualTo(
                        "[{\"index\":0,\"value\":18446744073709551615,\"valueTwo\":7,"
                                + "\"op\":\"SCMP_CMP_MASKED_EQ\"},"
                                + "{\"index\":1,\"value\":3,\"op\":\"SCMP_CMP_GE\"}]");
        assertThat(profile.at("/syscalls/0/errnoRet").asInt()).isEqualTo(1);
    }

    private static ObjectNode oci(String profile) {
        return new SeccompFilters().oci("test", profile.getBytes(StandardCharsets.UTF_8), TARGET);
    }
}
