package carafe.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class RecentTest {
    @Test
    void whatWasNotAskedForTheLongestGoes() {
        Recent<String, Integer> recent = new Recent<>(2);
        recent.keep("a", 1);
        recent.keep("b", 2);
        assertThat(recent.find("a")).contains(1);
        recent.keep("c", 3);
        assertThat(recent.find("b")).isEmpty();
        assertThat(recent.find("a")).contains(1);
        assertThat(recent.find("c")).contains(3);
    }

    @Test
    void aBoundOfNothingIsRefused() {
        assertThatThrownBy(() -> new Recent<String, Integer>(0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
