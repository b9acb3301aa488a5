package carafe.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class IdTest {
    @Test
    void randomIdsAreValidAndDiffer() {
        String id = Id.random();
        assertThat(Id.isValid(id)).isTrue();
        assertThat(Id.random()).isNotEqualTo(id);
    }

    @Test
    void nothingThatCouldBeAPathIsValid() {
        assertThat(Id.isValid("../" + "a".repeat(61))).isFalse();
        assertThat(Id.isValid("A".repeat(64))).isFalse();
        assertThat(Id.isValid("")).isFalse();
    }
}
