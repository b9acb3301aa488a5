package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.testkit.daemon.Checkout;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ShimOnlyTest {
    private static final String CELL = "| `";

    /**
     * In the document's table, a row for each: {@code | `Class.method` | reason |}, or a whole
     * class.
     */
    @Test
    void everyTestThatRuncCannotPassStandsInTheDocumentWithItsReason() throws IOException {
        List<String> lines = Files.readAllLines(Checkout.find().resolve("docs/handlers.md"));
        Set<String> told =
                lines.stream()
                        .filter(line -> line.startsWith(CELL) && line.contains("IT"))
                        .collect(Collectors.toSet());
        Set<String> marked = new HashSet<>();
        for (JavaClass test : new ClassFileImporter().importPackages("carafe.e2e")) {
            String name = test.getSimpleName();
            test.tryGetAnnotationOfType(ShimOnly.class)
                    .ifPresent(reason -> marked.add(row(name, reason)));
            for (JavaMethod method : test.getMethods()) {
                method.tryGetAnnotationOfType(ShimOnly.class)
                        .ifPresent(
                                reason -> marked.add(row(name + "." + method.getName(), reason)));
            }
        }

        assertThat(marked).isNotEmpty();
        assertThat(told).isEqualTo(marked);
    }

    private static String row(String test, ShimOnly reason) {
        return "%s%s` | %s |".formatted(CELL, test, reason.value());
    }
}
