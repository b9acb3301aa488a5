package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
    private final List<String> closed = new ArrayList<>();
    private final Closer closer = new Closer();

    @Test
    void closesNewestFirstWhateverTheOthersThrow() {
        closer.add(() -> closed.add("first"));
        closer.add(() -> {
            throw new IOException("no");
        });
        closer.add(() -> closed.add("last"));
        closer.close();
        closer.close();
        assertThat(closed).containsExactly("last", "first");
    }

    @Test
    void whatComesTooLateIsClosedAtOnce() {
        closer.close();
        closer.add(() -> closed.add("late"));
        assertThat(closed).containsExactly("late");
    }
}
