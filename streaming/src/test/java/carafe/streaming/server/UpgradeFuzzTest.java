package carafe.streaming.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.Streams;
import carafe.testkit.fuzz.Fuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** F15: the request before the upgrade. There is one answer, and it is no redirect. */
class UpgradeFuzzTest {
    /** Stands for a token that is good, in seeds. */
    private static final String TOKEN = "AAAAAAAAAAAAAAAAAAAAAA";

    private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");

    private final Tokens tokens = new Tokens(InstantSource.system());
    private final StreamHandlers handlers =
            new StreamHandlers(tokens, new EchoBackend(), Duration.ZERO);
    private String token = offer();

    private String offer() {
        return tokens.offer(
                new StreamOrder.Exec("c1", List.of("0"), new Streams(true, true, false, false)));
    }

    @Test
    void upgrade() {
        String spdy =
                """
                POST /exec/%s HTTP/1.1
                Host: node
                Connection: Upgrade
                Upgrade: SPDY/3.1
                X-Stream-Protocol-Version: v4.channel.k8s.io
                Content-Length: 0

                """;
        String webSocket =
                """
                GET /exec/%s?x=y HTTP/1.1
                Host: node
                Connection: keep-alive, Upgrade
                Upgrade: websocket
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io

                """;
        String chunked =
                """
                POST /attach/%s HTTP/1.1
                Host: node
                Transfer-Encoding: chunked

                5
                GET /
                0

                """;
        new Fuzz("upgrade", this::connection)
                .seed(lines(spdy))
                .seed(lines(webSocket))
                .seed(lines(chunked))
                .seed(lines(spdy + webSocket))
                .seed(lines("GET /portforward/%s HTTP/1.0\n folded: x\n\n"))
                .words(
                        "Content-Length: 5\r\n",
                        "Transfer-Encoding: chunked\r\n",
                        "Transfer-Encoding:\tidentity, chunked\r\n",
                        "Expect: 100-continue\r\n",
                        "Upgrade: h2c\r\n",
                        "\r\n\r\n",
                        "GET / HTTP/1.1\r\n\r\n",
                        "HTTP/1.0",
                        ", ",
                        "\n",
                        "\0")
                .maxAllocated(4 << 20)
                .run();
    }

    private static String lines(String text) {
        return text.replace("%s", TOKEN).replace("\n", "\r\n");
    }

    private Object connection(byte[] input) {
        UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(memory);
        UpgradeGate.install(channel.pipeline(), handlers);
        byte[] whole =
                new String(input, StandardCharsets.ISO_8859_1)
                        .replace(TOKEN, token)
                        .getBytes(StandardCharsets.ISO_8859_1);
        int piece = input.length % 2 == 0 ? Math.max(1, whole.length) : 1 + whole.length % 61;
        for (int at = 0; at < whole.length && channel.isOpen(); at += piece) {
            int length = Math.min(piece, whole.length - at);
            channel.writeInbound(Unpooled.copiedBuffer(whole, at, length));
        }
        boolean survived = channel.isOpen();
        List<String> answers = answers(channel);
        assertThat(answers).hasSizeLessThanOrEqualTo(1);
        assertThat(answers).noneMatch(status -> status.startsWith("3"));
        if (answers.contains("101")) {
            token = offer();
        } else if (!answers.isEmpty()) {
            assertThat(survived).as("open after a refusal").isFalse();
        }
        channel.finishAndReleaseAll();
        assertThat(memory.metric().usedHeapMemory()).as("bytes not given back").isZero();
        return List.of(survived, answers);
    }

    private static List<String> answers(EmbeddedChannel channel) {
        StringBuilder all = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
        Matcher matcher = ANSWER.matcher(all);
        return matcher.results().map(each -> each.group(1)).toList();
    }
}
