package carafe.streaming.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** RL44: connections on which nothing is said, in a time that only the test lets pass. */
class IdleEndTest {
    private static final Duration SILENCE = Duration.ofHours(4);

    private final EmbeddedChannel channel = new EmbeddedChannel();

    IdleEndTest() {
        channel.freezeTime();
        channel.pipeline().addLast(IdleEnd.after(SILENCE), new IdleEnd());
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
    }

    @Test
    void aSilentConnectionEndsAtTheLimit() {
        pass(SILENCE.minusSeconds(1));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofSeconds(2));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void eitherDirectionKeepsItOpen() {
        pass(SILENCE.minusSeconds(1));
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {1}));
        pass(SILENCE.minusSeconds(1));
        channel.writeOutbound(Unpooled.wrappedBuffer(new byte[] {1}));
        pass(SILENCE.minusSeconds(1));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofSeconds(2));
        assertThat(channel.isOpen()).isFalse();
        channel.releaseInbound();
        channel.releaseOutbound();
    }
}
