package carafe.image.registry;

import carafe.base.CarafeException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Turns an answer that is not what was asked for into the exception that says so. */
final class Refusal {
    private static final int MAX_BODY = 64 << 10;
    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(16)
                                                    .build())
                                    .build())
                    .build();

    private Refusal() {}

    /**
     * @param what was asked for, as users know it
     * @throws TransientException when the registry may answer later
     */
    static CarafeException of(Answer answer, String what, Redactor secrets) throws IOException {
        int status = answer.status();
        String from = "%s: registry %s".formatted(what, Origin.of(answer.uri()));
        String said = secrets.clean(said(answer));
        String says = "status %d%s".formatted(status, said.isEmpty() ? "" : ": " + said);
        if (status == 429 || status == 408 || status >= 500) {
            throw new TransientException("it answers with " + says, pause(answer));
        }
        return switch (status) {
            case 401 ->
                    new CarafeException.Denied(
                            "%s wants other credentials than were given (%s)"
                                    .formatted(from, says));
            case 403 -> new CarafeException.Denied("%s denies access (%s)".formatted(from, says));
            case 404, 410 -> new CarafeException.NotFound("%s has none (%s)".formatted(from, says));
            default ->
                    new CarafeException.Unavailable(
                            "RegistryUnavailable: %s answers with %s".formatted(from, says));
        };
    }

    /** The first error message of the body, in the form registries give it. */
    private static String said(Answer answer) {
        try {
            JsonNode root = JSON.readTree(answer.read(MAX_BODY));
            JsonNode error = root.path("errors").path(0);
            String code = error.path("code").asString("");
            String message = error.path("message").asString("");
            return code + (message.isEmpty() ? "" : " " + message);
        } catch (JacksonException | IOException e) {
            return "";
        }
    }

    /** Retry-After as seconds or date; zero when absent or unreadable. */
    static Duration pause(Answer answer) {
        String text = answer.header("Retry-After").strip();
        if (!text.isEmpty() && text.length() <= 9 && text.chars().allMatch(Character::isDigit)) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Instant until =
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration pause = Duration.between(Instant.now(), until);
            return pause.isNegative() ? Duration.ZERO : pause;
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }
}
