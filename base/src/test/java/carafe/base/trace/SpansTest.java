package carafe.base.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.TaskScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class SpansTest {
    private final List<String> ended = new CopyOnWriteArrayList<>();

    /** A span that writes its path of names down when it ends. */
    private final class Named implements Span {
        private final String above;
        private String name;
        private String failure = "";

        Named(String above, String name) {
            this.above = above;
            this.name = name;
        }

        @Override
        public Span child(String childName, long beginNanos) {
            return new Named(above + name + "/", childName);
        }

        @Override
        public void rename(String other) {
            name = other;
        }

        @Override
        public void fail(String why) {
            failure = "!" + why;
        }

        @Override
        public void end(long endNanos) {
            ended.add(above + name + failure);
        }
    }

    @Test
    void whereNobodyTracesNothingHappens() {
        assertThat(Spans.current()).isSameAs(Span.NONE);
        try (Spans.Open span = Spans.open("alone")) {
            assertThat(span.trace()).isEmpty();
        }
        assertThat(Spans.<String, RuntimeException>within(Span.NONE, () -> "done"))
                .isEqualTo("done");
    }

    @Test
    void spansAreWithinEachOther() {
        Spans.within(
                new Named("", "call"),
                () -> {
                    try (Spans.Open _ = Spans.open("change")) {
                        Spans.traced("first", () -> Spans.traced("deep", () -> ""));
                        try (Spans.Open second = Spans.open("?")) {
                            second.rename("second");
                        }
                    }
                    return Spans.traced("after", () -> "");
                });
        assertThat(ended)
                .containsExactly(
                        "call/change/first/deep",
                        "call/change/first",
                        "call/change/second",
                        "call/change",
                        "call/after");
    }

    @Test
    void aForgottenSpanIsToldOnlyWhenOthersAreWithinIt() {
        Spans.within(
                new Named("", "call"),
                () -> {
                    Spans.open("unused").forget();
                    Spans.Open used = Spans.open("used");
                    Spans.open("inner").close();
                    used.forget();
                    return "";
                });
        assertThat(ended).containsExactly("call/used/inner", "call/used");
    }

    @Test
    void aFailureIsToldAndGoesOn() {
        assertThatThrownBy(() ->
                        Spans.within(
                                new Named("", "call"),
                                () ->
                                        Spans.traced(
                                                "part",
                                                () -> {
                                                    throw new IllegalStateException("no");
                                                })))
                .isInstanceOf(IllegalStateException.class);
        assertThat(ended).containsExactly("call/part!no");
    }

    @Test
    void workOnAnotherThreadIsWithinTheSpanThatSentIt() throws Exception {
        Thread thread =
                Spans.<Thread, RuntimeException>within(
                        new Named("", "call"),
                        () ->
                                Thread.ofVirtual()
                                        .start(Spans.carried(() -> Spans.traced("one", () -> ""))));
        thread.join();
        assertThat(ended).containsExactly("call/one");
    }

    @Test
    void aForkIsWithinTheSpanThatForkedIt() throws Exception {
        Spans.<Object, Exception>within(
                new Named("", "call"),
                () -> {
                    try (Spans.Open _ = Spans.open("all");
                            TaskScope scope = new TaskScope("test")) {
                        scope.fork(() -> Spans.traced("one", () -> ""));
                        scope.join(Duration.ofSeconds(10));
                    }
                    return "";
                });
        assertThat(ended).containsExactly("call/all/one", "call/all");
    }
}
