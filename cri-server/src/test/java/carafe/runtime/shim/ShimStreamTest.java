package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.shim.wire.Reply;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.Streams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShimStreamTest {
    private static final Streams TERMINAL = new Streams(true, true, false, true);

    @TempDir private Path directory;
    private ShimFixture fixture;

    @BeforeEach
    void setUp() throws IOException {
        fixture = new ShimFixture(directory);
    }

    @AfterEach
    void tearDown() {
        fixture.close();
    }

    /** A client resizes its terminal just when the shim says why there will be no program. */
    @Test
    void inputThatNobodyReadsHidesNoFailure() throws Exception {
        CountDownLatch resized = new CountDownLatch(1);
        FakeShim.Script refuses =
                (_, peer) -> {
                    peer.send(
                            new Reply.Failed(
                                    "process.exec", "nope", Errno.ENOENT, "exec: nope: not found"));
                    await(resized);
                };
        ExecRequest request =
                new ExecRequest(
                        bytes("{}"),
                        List.of(bytes("nope")),
                        List.of(),
                        bytes("/"),
                        Duration.ZERO,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10));
        try (FakeShim shim = FakeShim.in(fixture.bundle(), refuses);
                ContainerStream stream = fixture.livingContainer().execStream(request, TERMINAL)) {
            stream.resize(80, 24);
            resized.countDown();
            assertThat(shim.awaitFirstEnd()).isTrue();

            stream.resize(100, 30);
            stream.input(bytes("typed"));

            assertThatThrownBy(stream::receive)
                    .isInstanceOf(CarafeException.Invalid.class)
                    .hasMessageContaining("nope: not found");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IOException("the client has not resized");
            }
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
