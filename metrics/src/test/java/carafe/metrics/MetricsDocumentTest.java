package carafe.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MetricsDocumentTest {
    private static final Path PAGE = Path.of("../docs/metrics.md");

    /** {@code -Dcarafe.docs.write} writes it. */
    @Test
    void thePageIsAsTheCodeSays() throws IOException {
        if (System.getProperty("carafe.docs.write") != null) {
            Files.writeString(PAGE, MetricsDocument.text());
        }
        assertThat(PAGE).hasContent(MetricsDocument.text());
    }

    @Test
    void everyFamilyIsNamedOnceAndHelps() {
        assertThat(Families.ALL).extracting(Family::name).doesNotHaveDuplicates();
        assertThat(Families.ALL).allSatisfy(each -> assertThat(each.help()).isNotBlank());
        assertThat(Families.ALL)
                .allSatisfy(each ->
                        assertThat(each.name().endsWith("_total"))
                                .as(each.name())
                                .isEqualTo(each.kind() == Family.Kind.COUNTER));
        assertThat(Families.ALL).allSatisfy(each -> assertThat(each.labels()).doesNotContain("id"));
    }
}
