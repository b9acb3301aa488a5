package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorBorderTest {
    private static final Map<Function<String, CarafeException>, String> TABLE =
            Map.ofEntries(
                    Map.entry(CarafeException.NotFound::new, "NOT_FOUND"),
                    Map.entry(CarafeException.Exists::new, "ALREADY_EXISTS"),
                    Map.entry(CarafeException.Invalid::new, "INVALID_ARGUMENT"),
                    Map.entry(CarafeException.Precondition::new, "FAILED_PRECONDITION"),
                    Map.entry(CarafeException.Exhausted::new, "RESOURCE_EXHAUSTED"),
                    Map.entry(CarafeException.Unavailable::new, "UNAVAILABLE"),
                    Map.entry(CarafeException.Denied::new, "PERMISSION_DENIED"),
                    Map.entry(CarafeException.Deadline::new, "DEADLINE_EXCEEDED"),
                    Map.entry(CarafeException.Unsupported::new, "UNIMPLEMENTED"),
                    Map.entry(CarafeException.Internal::new, "INTERNAL"));

    @Test
    void everyKindHasItsCodeAndKeepsItsMessage() {
        TABLE.forEach((kind, code) -> {
            ErrorBorder.Verdict verdict =
                    ErrorBorder.of("StartContainer", kind.apply("start c1: why"));
            assertThat(verdict.code()).isEqualTo(code);
            assertThat(verdict.message()).isEqualTo("start c1: why");
            assertThat(verdict.error().getStatus().getDescription()).isEqualTo("start c1: why");
            assertThat(verdict.expected()).isTrue();
        });
        assertThat(TABLE).hasSize(CarafeException.class.getPermittedSubclasses().length);
    }

    /** kubelet looks for these names where the text begins, and leaves the code before others. */
    @Test
    void namesOfTheProtocolGoWithoutACode() {
        for (CarafeException named :
                List.of(
                        new CarafeException.Unavailable("RegistryUnavailable: r.x is silent"),
                        new CarafeException.Denied("SignatureValidationFailed: r.x/a:1"))) {
            ErrorBorder.Verdict verdict = ErrorBorder.of("PullImage", named);
            assertThat(verdict.code()).isEqualTo("UNKNOWN");
            assertThat(verdict.message()).isEqualTo(named.getMessage());
            assertThat(verdict.expected()).isTrue();
        }
    }

    @Test
    void aDefectIsNamedAsOne() {
        ErrorBorder.Verdict verdict =
                ErrorBorder.of(
                        "Status",
                        new UncheckedIOException(new NoSuchFileException("/run/carafe/x")));
        assertThat(verdict.code()).isEqualTo("INTERNAL");
        assertThat(verdict.expected()).isFalse();
        assertThat(verdict.message())
                .startsWith("defect in Status: UncheckedIOException")
                .contains("/run/carafe/x")
                .endsWith("Carafe's log has the details");
    }

    @ParameterizedTest
    @CsvSource({
        "https://bob:hunter2@host/v2/,https://[redacted]@host/v2/",
        "Authorization: Bearer hunter2hunter2.x,Authorization: Bearer [redacted]",
        "Basic aHVudGVyMjpodW50ZXIy==,Basic [redacted]",
        "token?service=r&access_token=hunter2&x=1,token?service=r&access_token=[redacted]&x=1",
        "\"identity_token\": \"hunter2\",\"identity_token\": \"[redacted]\"",
        "password=hunter2 wrong,password=[redacted] wrong",
    })
    void credentialsNeverLeave(String message, String shown) {
        assertThat(ErrorBorder.of("PullImage", new CarafeException.Denied(message)).message())
                .isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "no token server in the answer of host:5000",
        "image a/b@sha256:0123456789abcdef0123456789abcdef is not there",
        "open /etc/passwd: permission denied",
    })
    void ordinaryTextsStayAsTheyAre(String message) {
        assertThat(Redaction.of(message)).isEqualTo(message);
    }

    @Test
    void aLongMessageIsCutToWhatAHeaderHolds() {
        String message = "x".repeat(100_000);
        assertThat(ErrorBorder.of("Status", new CarafeException.Internal(message)).message())
                .hasSize(ErrorBorder.MAX_MESSAGE)
                .endsWith("…");
    }
}
