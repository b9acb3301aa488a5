package carafe.image.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReaderTest {
    private static SignaturePolicy read(String text) {
        return new PolicyReader(Path.of("/etc/p.toml"), text.getBytes(StandardCharsets.UTF_8))
                .read();
    }

    @Test
    void theLongestPrefixThatEndsWithAComponentCounts() {
        SignaturePolicy policy =
                read(
                        """
                        default = "reject"
                        [prefix."r.example:5000"]
                        policy = "accept"
                        [prefix."r.example:5000/team"]
                        policy = "signed"
                        keys = ["team.pub", "/keys/b.pub"]
                        identity = "repository"
                        [prefix."docker.io/library"]
                        policy = "accept"
                        """);

        assertThat(policy.of("r.example:5000/other")).isInstanceOf(Rule.Accept.class);
        assertThat(policy.of("r.example:5000/teams/x")).isInstanceOf(Rule.Accept.class);
        assertThat(policy.of("r.example/team")).isInstanceOf(Rule.Reject.class);
        assertThat(policy.of("docker.io/library/busybox")).isInstanceOf(Rule.Accept.class);
        Rule signed = policy.of("r.example:5000/team/deep/app");
        assertThat(signed)
                .isEqualTo(
                        new Rule.Signed(
                                "r.example:5000/team",
                                java.util.List.of(Path.of("/etc/team.pub"), Path.of("/keys/b.pub")),
                                Rule.Identity.REPOSITORY));
    }

    @Test
    void whatSaysNothingAcceptsAndSignedCanBeTheDefault() {
        assertThat(read("").of("r.x/a")).isInstanceOf(Rule.Accept.class);
        assertThat(read("default = \"signed\"\nkeys = [\"k\"]\n").of("r.x/a"))
                .isInstanceOf(Rule.Signed.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "default = 'maybe'|1|default must be",
                "defualt = 'reject'|1|unknown key \"defualt\"",
                "default = |1|not TOML",
                "[prefix.'r.x']\\n|1|policy must be",
                "[prefix.'r.x']\\npolicy = 'signed'|1|needs keys",
                "[prefix.'r.x']\\npolicy = 'signed'\\nkeys = [1]|3|keys must be files",
                "[prefix.'r.x']\\npolicy = 'accept'\\nkeys = ['k']|3|keys go with",
                "[prefix.'r.x']\\npolicy = 'signed'\\nkeys = ['k']\\nidentity = 'x'|4|identity must",
                "[prefix.'team']\\npolicy = 'reject'|1|no beginning of a full name",
                "[prefix.'r.x/UPPER']\\npolicy = 'reject'|1|no beginning of a full name",
                "[prefix]\\n'r.x' = 1|2|prefix must hold tables",
            })
    void saysWhereItIsWrong(String text, int line, String why) {
        assertThatThrownBy(() -> read(text.replace("\\n", "\n").replace('\'', '"')))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageStartingWith("/etc/p.toml:" + line + ": ")
                .hasMessageContaining(why);
    }
}
