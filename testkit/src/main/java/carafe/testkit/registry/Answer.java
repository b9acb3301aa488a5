package carafe.testkit.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** How one request is really answered, given what would be right. */
@FunctionalInterface
public interface Answer {
    /** Everything as it should be. */
    Answer RIGHT = (_, right, wire) -> wire.send(right);

    /** The connection is accepted and nothing ever comes. */
    Answer SILENCE = (_, _, wire) -> wire.stall();

    /** The connection is reset before any byte of an answer. */
    Answer RESET = (_, _, wire) -> wire.reset();

    /** The first byte of the body is wrong. */
    Answer CORRUPT =
            (_, right, wire) -> {
                byte[] body = right.body().clone();
                body[0] ^= 1;
                wire.send(new Reply(right.status(), right.headers(), body));
            };

    /** The body goes on behind its end. */
    Answer LONGER =
            (_, right, wire) -> {
                byte[] body = Arrays.copyOf(right.body(), right.body().length + 1000);
                wire.send(new Reply(right.status(), right.headers(), body));
            };

    /** The body is complete by its own length, and shorter than it should be. */
    Answer SHORTER =
            (_, right, wire) -> {
                byte[] body = Arrays.copyOf(right.body(), right.body().length / 2);
                wire.send(new Reply(right.status(), right.headers(), body));
            };

    /** Writes the answer. */
    void send(Received request, Reply right, HttpWire wire) throws IOException;

    /** A status with an error document. */
    static Answer status(int status) {
        return (_, _, wire) -> wire.send(Reply.error(status, "SCRIPTED", "status " + status));
    }

    /** A status with a header and an error document. */
    static Answer status(int status, String header, String value) {
        return (_, _, wire) ->
                wire.send(Reply.error(status, "SCRIPTED", "status " + status).with(header, value));
    }

    /** A redirect. */
    static Answer redirect(int status, String location) {
        return (_, _, wire) ->
                wire.send(new Reply(status, Map.of("Location", location), new byte[0]));
    }

    /** A fixed text. */
    static Answer text(int status, String contentType, String text) {
        return (_, _, wire) ->
                wire.send(
                        new Reply(
                                status,
                                Map.of("Content-Type", contentType),
                                text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The right headers, so many bytes, then a TCP reset. */
    static Answer resetAfter(int bytes) {
        return (_, right, wire) -> {
            wire.head(right, right.body().length);
            wire.write(Arrays.copyOf(right.body(), Math.min(bytes, right.body().length)));
            wire.pause(Duration.ofMillis(50));
            wire.reset();
        };
    }

    /** The right headers, so many bytes, then an orderly end although more was promised. */
    static Answer closeAfter(int bytes) {
        return (_, right, wire) -> {
            wire.head(right, right.body().length);
            wire.write(Arrays.copyOf(right.body(), Math.min(bytes, right.body().length)));
        };
    }

    /** The right headers, so many bytes, then nothing for ever. */
    static Answer stallAfter(int bytes) {
        return (_, right, wire) -> {
            wire.head(right, right.body().length);
            wire.write(Arrays.copyOf(right.body(), Math.min(bytes, right.body().length)));
            wire.stall();
        };
    }

    /** The body byte by byte, with a pause behind each. */
    static Answer drip(Duration pause) {
        return (_, right, wire) -> {
            wire.head(right, right.body().length);
            for (byte b : right.body()) {
                wire.write(new byte[] {b});
                wire.pause(pause);
            }
        };
    }

    /** A body without end. */
    static Answer endless() {
        return (_, right, wire) -> {
            wire.head(right, -1);
            byte[] chunk = new byte[64 << 10];
            while (true) {
                wire.write(chunk);
            }
        };
    }

    /** The right answer, after the given time. */
    static Answer late(Duration pause) {
        return (_, right, wire) -> {
            wire.pause(pause);
            wire.send(right);
        };
    }

    /** The whole body with status 200, whatever range was asked for. */
    static Answer whole(byte[] body) {
        return (_, right, wire) -> wire.send(new Reply(200, Map.of(), body));
    }

    /** Status 206 with this Content-Range and this body. */
    static Answer range(String contentRange, byte[] body) {
        return (_, _, wire) ->
                wire.send(new Reply(206, Map.of("Content-Range", contentRange), body));
    }
}
