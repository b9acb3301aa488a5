package carafe.shim.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static Json parse(String text) throws JsonException {
        return Json.parse(text.getBytes(UTF_8));
    }

    @Test
    void readsWhatIsThere() throws JsonException {
        Json json =
                parse(
                        """
                        { "process": { "args": ["sh", "-c", ""], "terminal": true,
                            "rlimits": [ {"soft": 1024}, {"soft": -5, "type": null} ] },
                          "empty": {}, "none": [] }
                        """);

        Json process = json.get("process");
        assertThat(process.get("args").elements()).hasSize(3);
        assertThat(process.get("args").elements()[1].string()).isEqualTo("-c");
        assertThat(process.get("args").elements()[2].bytes()).isEmpty();
        assertThat(process.get("terminal").isTrue()).isTrue();
        assertThat(process.get("rlimits").elements()[0].get("soft").integer(0, 2000))
                .isEqualTo(1024);
        assertThat(process.get("rlimits").elements()[1].get("soft").integer(-9, 0)).isEqualTo(-5);
        assertThat(json.get("empty").size()).isZero();
        assertThat(json.get("none").elements()).isEmpty();
        assertThat(json.kind()).isEqualTo(Json.Kind.OBJECT);
    }

    @Test
    void membersKeepTheirOrderAndNames() throws JsonException {
        Json[] members = parse("{\"b\": {\"x\": 1}, \"\\u0061\": [2, [3]], \"c\": 4}").members();

        assertThat(members).extracting(Json::name).containsExactly("b", "a", "c");
        assertThat(members[2].integer(0, 9)).isEqualTo(4);
        assertThat(members[1].elements()[1].path()).isEqualTo("a[1]");
    }

    @Test
    void absenceIsAValue() throws JsonException {
        Json json = parse("{\"a\": null}");

        assertThat(json.get("a").isMissing()).isTrue();
        assertThat(json.get("linux").get("seccomp").get("x").isMissing()).isTrue();
        assertThat(json.get("b").elements()).isEmpty();
        assertThat(json.get("b").members()).isEmpty();
        assertThat(json.get("b").size()).isZero();
        assertThat(json.get("b").isTrue()).isFalse();
        assertThat(json.get("b").string("d")).isEqualTo("d");
        assertThat(json.get("b").integer(0, 9, 5)).isEqualTo(5);
        assertThatThrownBy(() -> json.get("linux").get("seccomp").string())
                .hasMessage("linux.seccomp is missing, must be a string");
    }

    @Test
    void errorsNameThePlace() throws JsonException {
        Json json =
                parse("{\"m\": [{\"t\": 1}, {\"t\": \"x\", \"o\": {\"n\": 70000}}], \"m2\": 0}");
        Json second = json.get("m").elements()[1];

        assertThatThrownBy(() -> second.get("o").get("n").integer(0, 65535))
                .hasMessage("m[1].o.n is 70000, must be 0 to 65535");
        assertThatThrownBy(() -> second.get("t").elements()).hasMessage("m[1].t must be a list");
        assertThatThrownBy(() -> second.get("t").get("q")).hasMessage("m[1].t must be an object");
        assertThatThrownBy(() -> second.get("q").get("r").string())
                .hasMessage("m[1].q.r is missing, must be a string");
        assertThatThrownBy(() -> json.get("m2").isTrue()).hasMessage("m2 must be true or false");
        assertThatThrownBy(() -> json.get("m2").size())
                .hasMessage("m2 must be a list or an object");
        assertThatThrownBy(json::string).hasMessage("the text must be a string");
    }

    @Test
    void aNameThatStandsTwiceIsRefused() throws JsonException {
        Json json = parse("{\"o\": {\"a\": 1, \"b\": 2, \"\\u0061\": 3}}");

        assertThat(json.get("o").get("b").integer(0, 9)).isEqualTo(2);
        assertThatThrownBy(() -> json.get("o").get("a")).hasMessage("o.a stands twice");
    }

    @Test
    void stringsAreBytes() throws JsonException {
        assertThat(parse("\"\\u00fc\\u20ac\\ud83d\\ude00ü€😀\"").string()).isEqualTo("ü€😀ü€😀");
        assertThat(parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"").string()).isEqualTo("\"\\/\b\f\n\r\t");
        assertThat(parse("\"a\\u0000b\"").bytes()).containsExactly('a', 0, 'b');
        assertThatThrownBy(() -> parse("[\"a\\u0000b\"]").elements()[0].cString())
                .hasMessage("[0] holds a NUL character");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808"
    })
    void wholeNumbersAreExact(String text, long value) throws JsonException {
        assertThat(parse(text).integer(Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9223372036854775808", "-9223372036854775809", "99999999999999999999999"})
    void whatDoesNotFitIsRefused(String text) throws JsonException {
        Json number = parse(text);
        assertThatThrownBy(() -> number.integer(Long.MIN_VALUE, Long.MAX_VALUE))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("does not fit into 64 bits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1e3", "0.5", "1E-2"})
    void aFractionIsNoWholeNumber(String text) throws JsonException {
        Json number = parse(text);
        assertThatThrownBy(() -> number.integer(0, 9999))
                .hasMessageContaining("must be a whole number");
    }

    @Test
    void unsignedNumbersUseAllBits() throws JsonException {
        assertThat(parse("18446744073709551615").unsigned()).isEqualTo(-1L);
        assertThat(parse("7").unsigned()).isEqualTo(7);
        Json tooLarge = parse("18446744073709551616");
        Json negative = parse("-1");
        assertThatThrownBy(tooLarge::unsigned).isInstanceOf(JsonException.class);
        assertThatThrownBy(negative::unsigned).isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "[1",
                "[1,",
                "[1,]",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,}",
                "{a:1}",
                "{1:1}",
                "\"",
                "\"a",
                "\"\\",
                "\"\\u12",
                "\"\\x\"",
                "\"\t\"",
                "tru",
                "truex",
                "nul",
                "01",
                "-",
                "+1",
                "1.",
                ".5",
                "1e",
                "1e+",
                "0x1",
                "1 2",
                "[] []",
                "NaN",
                "'a'",
                "\"\\ud800\"",
                "\"\\udc00\"",
                "\"\\ud800\\u0041\"",
                "\"\\ud800x\"",
                "//\n1",
                "\u00a01"
            })
    void whatIsNotJsonIsRefused(String text) {
        assertThatThrownBy(() -> parse(text))
                .as(text)
                .isInstanceOf(JsonException.class)
                .hasMessageStartingWith("JSON at byte ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\u0080\"",
                "\"\u00c0\u0080\"",
                "\"\u00ed\u00a0\u0080\"",
                "\"\u00f5\u0080\u0080\u0080\"",
                "\"\u00e2\u0082\"",
                "\"\u00f0\u0080\u0080\u0080\"",
                "\"\u00ff\""
            })
    void whatIsNotUtf8IsRefused(String bytes) {
        assertThatThrownBy(() -> Json.parse(bytes.getBytes(ISO_8859_1)))
                .hasMessage("JSON at byte 1: not UTF-8");
    }

    @Test
    void depthIsBounded() throws JsonException {
        assertThat(parse("[".repeat(64) + "]".repeat(64)).size()).isEqualTo(1);
        assertThatThrownBy(() -> parse("[".repeat(65) + "]".repeat(65)))
                .hasMessage("JSON at byte 64: nested deeper than 64");
        assertThatThrownBy(() -> parse("{\"a\":".repeat(100_000)))
                .hasMessageContaining("nested deeper");
    }

    @Test
    void sizeAndNumberOfValuesAreBounded() throws JsonException {
        byte[] spaces = " ".repeat((4 << 20) + 1).getBytes(UTF_8);
        assertThatThrownBy(() -> Json.parse(spaces)).hasMessageContaining("at most 4194304");
        String many = "[" + "1,".repeat(262_143) + "1]";
        assertThatThrownBy(() -> parse(many)).hasMessageContaining("more than 262144 values");
        assertThat(parse("[" + "1,".repeat(100_000) + "1]").elements()).hasSize(100_001);
    }

    /** Damage of any kind ends in values or in a JsonException. */
    @Test
    void damagedTextNeverDoesMoreThanFail() {
        byte[] good =
                "{\"a\":[1,-2.5e3,\"x\\u00fc\\ud83d\\ude00\",{\"b\":null}],\"c\":{\"d\":true}}"
                        .getBytes(UTF_8);
        Random random = new Random(7);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = good.clone();
            damaged[random.nextInt(good.length)] = (byte) random.nextInt(256);
            damaged[random.nextInt(good.length)] = good[random.nextInt(good.length)];
            accepted += visits(damaged) ? 1 : 0;
        }
        assertThat(accepted).isBetween(1, 19_999);
    }

    private static boolean visits(byte[] text) {
        try {
            visit(Json.parse(text));
            return true;
        } catch (JsonException refused) {
            return false;
        }
    }

    private static void visit(Json json) throws JsonException {
        assertThat(json.path()).isNotNull();
        switch (json.kind()) {
            case OBJECT -> {
                for (Json member : json.members()) {
                    visit(member);
                }
            }
            case ARRAY -> {
                for (Json element : json.elements()) {
                    visit(element);
                }
            }
            case STRING -> assertThat(json.bytes()).isNotNull();
            case NUMBER, BOOLEAN, MISSING -> assertThat(json.name()).isNotNull();
        }
    }
}
