package carafe.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChallengeParserTest {
    private static List<Challenge> parse(String... headers) {
        return ChallengeParser.parse(List.of(headers));
    }

    @Test
    void readsWhatRegistriesSend() {
        assertThat(
                        parse(
                                "Bearer realm=\"https://auth.docker.io/token\","
                                        + "service=\"registry.docker.io\","
                                        + "scope=\"repository:library/x:pull,push\""))
                .containsExactly(
                        new Challenge(
                                "bearer",
                                Map.of(
                                        "realm", "https://auth.docker.io/token",
                                        "service", "registry.docker.io",
                                        "scope", "repository:library/x:pull,push")));
    }

    @Test
    void readsSeveralChallengesInOneHeaderOrMany() {
        List<Challenge> expected =
                List.of(
                        new Challenge("basic", Map.of("realm", "a \"b\"")),
                        new Challenge("negotiate", Map.of()),
                        new Challenge("bearer", Map.of("realm", "x")));
        assertThat(parse("Basic realm=\"a \\\"b\\\"\", Negotiate, BEARER Realm = x"))
                .isEqualTo(expected);
        assertThat(parse("Basic realm=\"a \\\"b\\\"\"", "Negotiate", "bearer realm=x"))
                .isEqualTo(expected);
    }

    @Test
    void malformedHeadersHarmNothing() {
        for (String bad :
                new String[] {
                    "",
                    ",",
                    "=",
                    "\"",
                    "Bearer",
                    "Bearer realm",
                    "Bearer realm=",
                    "Bearer realm=\"",
                    "Bearer realm=\"x\\",
                    "Bearer ,,,==",
                    "x".repeat(10_000)
                }) {
            assertThat(parse(bad)).allMatch(c -> c.parameter("realm").isEmpty());
        }
        assertThat(parse("Bearer " + "a=b,".repeat(1500))).hasSizeLessThan(100);
    }
}
