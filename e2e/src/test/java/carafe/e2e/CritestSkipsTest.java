package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.testkit.daemon.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class CritestSkipsTest {
    @Test
    void everySkippedSpecStandsInTheDocumentWithItsReason() throws IOException {
        List<String> lines = Files.readAllLines(Checkout.find().resolve("docs/conformance.md"));
        assertThat(Stream.concat(CritestSkips.TOLD.stream(), CritestSkips.OWN.stream()))
                .allSatisfy(skip ->
                        assertThat(lines)
                                .anyMatch(line ->
                                        line.startsWith("|")
                                                && line.contains(skip.name())
                                                && line.contains(skip.reason())));
    }
}
