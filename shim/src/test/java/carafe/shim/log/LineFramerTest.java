package carafe.shim.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.TestMemory;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineFramerTest {
    private static final long NOON = 1_767_355_200_000_000_001L;
    private static final String STAMP = "2026-01-02T12:00:00.000000001Z";

    private final TestMemory memory = new TestMemory();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    private LineFramer framer(int longestText) {
        LineFramer framer = new LineFramer(memory, LineFramer.Stream.STDOUT, longestText);
        framer.stamp(NOON);
        return framer;
    }

    private void feed(LineFramer framer, LineBatch batch, byte[] chunk) {
        Buffer in = memory.allocate(Math.max(1, chunk.length));
        in.put(0, chunk, 0, chunk.length);
        int at = framer.frame(in, 0, chunk.length, batch);
        while (at < chunk.length) {
            assertThat(batch.used()).as("a full batch has lines").isPositive();
            write(batch);
            at = framer.frame(in, at, chunk.length, batch);
        }
        in.free();
    }

    private void write(LineBatch batch) {
        byte[] lines = new byte[batch.used()];
        batch.buffer().get(0, lines, 0, lines.length);
        log.writeBytes(lines);
        batch.clear();
    }

    private String framed(int longestText, String... chunks) {
        LineFramer framer = framer(longestText);
        LineBatch batch = new LineBatch(memory, longestText);
        for (String chunk : chunks) {
            feed(framer, batch, chunk.getBytes(ISO_8859_1));
        }
        assertThat(framer.finish(batch)).isTrue();
        write(batch);
        return log.toString(ISO_8859_1).replace(STAMP + " stdout ", "");
    }

    @Test
    void aLineIsOneFullEntry() {
        assertThat(framed(100, "hello\n", "\n", "a b\r\n")).isEqualTo("F hello\nF \nF a b\r\n");
    }

    @Test
    void anIncompleteLineWaitsForItsRest() {
        assertThat(framed(100, "he", "l", "lo\nwor", "ld\n")).isEqualTo("F hello\nF world\n");
    }

    @Test
    void whatHasNoNewlineAtTheEndIsAPart() {
        assertThat(framed(100, "one\ntwo")).isEqualTo("F one\nP two\n");
    }

    @Test
    void aLongLineIsCutIntoParts() {
        assertThat(framed(4, "abcdefghij\nk\n")).isEqualTo("P abcd\nP efgh\nF ij\nF k\n");
        log.reset();
        assertThat(framed(4, "ab", "cdefg", "hij", "\n")).isEqualTo("P abcd\nP efgh\nF ij\n");
    }

    /** The newline decides whether a text of exactly the longest length is a part. */
    @Test
    void aLineOfExactlyTheLongestTextIsFull() {
        assertThat(framed(4, "abcd\n")).isEqualTo("F abcd\n");
        log.reset();
        assertThat(framed(4, "abcd", "\n")).isEqualTo("F abcd\n");
        log.reset();
        assertThat(framed(4, "abcd", "e\n")).isEqualTo("P abcd\nF e\n");
        log.reset();
        assertThat(framed(4, "abcd")).isEqualTo("P abcd\n");
        log.reset();
        assertThat(framed(1, "ab\n\nc")).isEqualTo("P a\nF b\nF \nP c\n");
    }

    @Test
    void carriageReturnsStayWhereTheyAre() {
        assertThat(framed(3, "ab\r", "\n\r\n")).isEqualTo("F ab\r\nF \r\n");
    }

    @Test
    void everyChunkHasItsTime() {
        LineFramer framer = framer(10);
        LineBatch batch = new LineBatch(memory, 10);
        feed(framer, batch, "a\nb\n".getBytes(ISO_8859_1));
        framer.stamp(NOON + 5);
        feed(framer, batch, "c\n".getBytes(ISO_8859_1));
        write(batch);

        assertThat(LogText.lines(log.toByteArray()))
                .extracting(LogText.Line::stamp)
                .containsExactly(STAMP, STAMP, "2026-01-02T12:00:00.000000006Z");
    }

    @Test
    void timesAreThoseOfTheCalendar() {
        Buffer text = memory.allocate(Timestamp.BYTES);
        DateTimeFormatter expected =
                DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'")
                        .withZone(ZoneOffset.UTC);
        Gen.check(
                3000,
                gen -> {
                    long seconds = (long) gen.between(0, 2_000_000_000) * 4;
                    long nanos = seconds * 1_000_000_000L + gen.between(0, 999_999_999);
                    Timestamp.write(text, 0, nanos);
                    byte[] bytes = new byte[Timestamp.BYTES];
                    text.get(0, bytes, 0, bytes.length);
                    assertThat(new String(bytes, ISO_8859_1))
                            .isEqualTo(expected.format(Instant.ofEpochSecond(0, nanos)));
                });
    }

    /** Whatever the chunks: the log gives back the input, and its tags and lengths are right. */
    @Test
    void theLogGivesBackWhatWasWritten() {
        Gen.check(
                400,
                gen -> {
                    log.reset();
                    int longestText = gen.between(1, 50);
                    byte[] input = gen.output(gen.between(0, 3000));
                    LineFramer framer = framer(longestText);
                    LineBatch batch = new LineBatch(memory, longestText);
                    for (int at = 0; at < input.length; ) {
                        int end = Math.min(input.length, at + gen.between(1, 200));
                        feed(framer, batch, java.util.Arrays.copyOfRange(input, at, end));
                        at = end;
                    }
                    assertThat(framer.finish(batch)).isTrue();
                    write(batch);

                    List<LogText.Line> lines = LogText.lines(log.toByteArray());
                    assertThat(LogText.decode(lines, "stdout")).isEqualTo(input);
                    assertPartsAreLongest(lines, longestText);
                });
    }

    private static void assertPartsAreLongest(List<LogText.Line> lines, int longestText) {
        for (int i = 0; i < lines.size(); i++) {
            LogText.Line line = lines.get(i);
            boolean last = i == lines.size() - 1;
            if (line.tag().equals("P") && !last) {
                assertThat(line.text()).hasSize(longestText);
            } else {
                assertThat(line.text().length()).isLessThanOrEqualTo(longestText);
            }
        }
    }

    /** Empty lines grow most: 1 byte becomes 41, and a batch is full long before its input ends. */
    @Test
    void aFullBatchStopsBetweenTwoLines() {
        byte[] newlines = "\n".repeat(10_000).getBytes(ISO_8859_1);
        LineFramer framer = framer(16 << 10);
        LineBatch batch = new LineBatch(memory, 16 << 10);

        feed(framer, batch, newlines);
        write(batch);

        assertThat(LogText.lines(log.toByteArray())).hasSize(10_000);
    }

    @Test
    void finishWaitsForRoom() {
        int longest = 70_000;
        LineFramer framer = framer(longest);
        LineBatch batch = new LineBatch(memory, longest);
        feed(framer, batch, ("a\n" + "b".repeat(longest)).getBytes(ISO_8859_1));

        assertThat(framer.finish(batch)).isFalse();
        write(batch);
        assertThat(framer.finish(batch)).isTrue();
        write(batch);

        assertThat(LogText.lines(log.toByteArray())).hasSize(2);
        assertThat(framer.finish(batch)).isTrue();
        assertThat(batch.used()).isZero();
    }

    @Test
    void memoryDoesNotGrowWithTheInput() {
        LineFramer framer = framer(100);
        LineBatch batch = new LineBatch(memory, 100);
        feed(framer, batch, "begin".getBytes(ISO_8859_1));
        int live = memory.live();
        for (int i = 0; i < 100; i++) {
            feed(framer, batch, "more\nmore".getBytes(ISO_8859_1));
        }
        assertThat(memory.live()).isEqualTo(live);
    }

    @Test
    void aTextOfNoBytesIsNoFormat() {
        assertThatThrownBy(() -> framer(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
