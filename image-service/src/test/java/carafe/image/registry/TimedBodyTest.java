package carafe.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class TimedBodyTest {
    private static final int PIECE = 48 << 10;
    private static final int MOST_AHEAD = (128 << 10) + PIECE;

    private final Peer peer = new Peer();

    /** Gives a piece whenever one is asked for. */
    private static final class Peer implements Flow.Subscription {
        long asked;
        boolean cancelled;

        @Override
        public void request(long lists) {
            asked += lists;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        /** Answers all that was asked for; how many bytes that were. */
        int send(TimedBody body) {
            int sent = 0;
            while (asked > 0) {
                asked--;
                sent += PIECE;
                body.onNext(
                        List.of(ByteBuffer.allocate(PIECE / 2), ByteBuffer.allocate(PIECE / 2)));
            }
            return sent;
        }
    }

    private TimedBody body(Duration noProgress) {
        Duration any = Duration.ofSeconds(1);
        TimedBody body = new TimedBody(new TransferLimits(any, noProgress, 1, any, any));
        body.onSubscribe(peer);
        return body;
    }

    @Test
    void aReaderThatDoesNotReadIsSentLittle() throws IOException {
        TimedBody body = body(Duration.ofMinutes(1));
        int sent = peer.send(body);
        assertTrue(sent > 0 && sent <= MOST_AHEAD, sent + " bytes ahead");

        byte[] all = new byte[10 * MOST_AHEAD];
        int read = 0;
        while (read < all.length) {
            read += body.read(all, read, Math.min(PIECE, all.length - read));
            sent += peer.send(body);
            int waiting = sent - read;
            assertTrue(waiting <= MOST_AHEAD + PIECE, waiting + " bytes ahead");
        }
    }

    @Test
    void aBodyThatEndsIsReadToItsEnd() throws IOException {
        TimedBody body = body(Duration.ofMinutes(1));
        int sent = peer.send(body);
        body.onComplete();
        assertEquals(sent, body.readAllBytes().length);
        assertEquals(-1, body.read());
    }

    @Test
    void aBrokenTransferSaysWhy() {
        TimedBody body = body(Duration.ofMinutes(1));
        body.onError(new IOException("connection reset"));
        IOException broken = assertThrows(IOException.class, body::read);
        assertEquals("the transfer broke: connection reset", broken.getMessage());
    }

    @Test
    void aPeerThatSendsNothingIsGivenUp() {
        TimedBody body = body(Duration.ofMillis(1));
        assertThrows(HttpTimeoutException.class, body::read);
        assertTrue(peer.cancelled);
    }

    @Test
    void whatIsClosedEndsTheTransferAndItsReader() {
        TimedBody body = body(Duration.ofMinutes(1));
        body.close();
        assertTrue(peer.cancelled);
        assertThrows(IOException.class, body::read);
    }
}
