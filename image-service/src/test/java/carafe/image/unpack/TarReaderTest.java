package carafe.image.unpack;

import static carafe.image.unpack.TarBuilder.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.fs.Devices;
import carafe.linux.fs.FileTime;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {
    /** Pieces of a tar of any size. */
    private static ChunkSource source(byte[] tar, int pieceBytes) {
        int[] at = {0};
        return () -> {
            if (at[0] == tar.length) {
                return null;
            }
            Chunk chunk = new Chunk(new byte[Chunk.BYTES], new ArrayBlockingQueue<>(1));
            chunk.length = Math.min(pieceBytes, tar.length - at[0]);
            System.arraycopy(tar, at[0], chunk.data, 0, chunk.length);
            at[0] += chunk.length;
            return chunk;
        };
    }

    private static List<TarEntry> read(byte[] tar) throws Exception {
        List<TarEntry> entries = new ArrayList<>();
        TarReader reader = new TarReader(new TarInput(source(tar, 700)));
        for (TarEntry e = reader.next(); e != null; e = reader.next()) {
            entries.add(e);
        }
        return entries;
    }

    private static TarEntry only(TarBuilder tar) throws Exception {
        List<TarEntry> entries = read(tar.build());
        assertThat(entries).hasSize(1);
        return entries.getFirst();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 513, 100_000})
    void readsContentAcrossPieces(int pieceBytes) throws Exception {
        byte[] tar = new TarBuilder().file("a", "x".repeat(1500)).file("b", "yy").build();
        TarReader reader = new TarReader(new TarInput(source(tar, pieceBytes)));

        assertThat(reader.next()).isNotNull();
        assertThat(reader.next()).extracting(TarEntry::shown).isEqualTo("b");
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        reader.content(content::write);
        assertThat(content.toString(StandardCharsets.US_ASCII)).isEqualTo("yy");
        assertThat(reader.next()).isNull();
    }

    @Test
    void readsHeaderFields() throws Exception {
        TarEntry entry =
                only(
                        new TarBuilder()
                                .add(
                                        new TarBuilder.Header('3', bytes("dev/x"))
                                                .mode(06751)
                                                .owner(4294967294L, 1L << 31)
                                                .time(77)
                                                .device(10, 200),
                                        new byte[0]));

        assertThat(entry.type()).isEqualTo(TarEntry.Type.CHARACTER_DEVICE);
        assertThat(entry.mode()).isEqualTo(06751);
        assertThat(entry.uid()).isEqualTo(4294967294L);
        assertThat(entry.gid()).isEqualTo(1L << 31);
        assertThat(entry.modified()).isEqualTo(new FileTime(77, 0));
        assertThat(entry.device()).isEqualTo(Devices.of(10, 200));
    }

    @Test
    void joinsThePrefixOfUstarButNotOfGnu() throws Exception {
        TarBuilder.Header ustar = new TarBuilder.Header('0', bytes("name"));
        TarBuilder.Header gnu = new TarBuilder.Header('0', bytes("name"));
        ustar.set(345, 155, bytes("pre/fix"));
        gnu.set(345, 155, bytes("12345")).set(257, 8, bytes("ustar  \0"));

        assertThat(only(new TarBuilder().add(ustar, new byte[0])).shown())
                .isEqualTo("pre/fix/name");
        assertThat(only(new TarBuilder().add(gnu, new byte[0])).shown()).isEqualTo("name");
    }

    @Test
    void paxRecordsWin() throws Exception {
        TarEntry entry =
                only(
                        new TarBuilder()
                                .pax(
                                        "path", "long/path",
                                        "linkpath", "target",
                                        "uid", "70000000",
                                        "gid", "3",
                                        "mtime", "12.5",
                                        "SCHILY.xattr.user.k=v", "not a key",
                                        "SCHILY.xattr.user.k", "a=\n\0b")
                                .symlink("short", "x"));

        assertThat(entry.shown()).isEqualTo("long/path");
        assertThat(entry.link()).isEqualTo(bytes("target"));
        assertThat(entry.uid()).isEqualTo(70000000);
        assertThat(entry.modified()).isEqualTo(new FileTime(12, 500_000_000));
        assertThat(entry.attributes().getLast().name()).isEqualTo(bytes("user.k"));
        assertThat(entry.attributes().getLast().value()).isEqualTo(bytes("a=\n\0b"));
    }

    @Test
    void gnuLongNamesWin() throws Exception {
        TarEntry entry =
                only(
                        new TarBuilder()
                                .meta('L', bytes("l".repeat(200) + "\0"))
                                .meta('K', bytes("k".repeat(300)))
                                .symlink("short", "x"));

        assertThat(entry.name()).isEqualTo(bytes("l".repeat(200)));
        assertThat(entry.link()).isEqualTo(bytes("k".repeat(300)));
    }

    @Test
    void globalHeadersChangeNothing() throws Exception {
        byte[] global = TarBuilder.record("path", bytes("evil"));
        assertThat(only(new TarBuilder().meta('g', global).file("a", "")).shown()).isEqualTo("a");
    }

    @Test
    void anOldFileWithASlashIsADirectory() throws Exception {
        TarBuilder.Header old = new TarBuilder.Header('\0', bytes("d/"));
        assertThat(only(new TarBuilder().add(old, new byte[0])).type())
                .isEqualTo(TarEntry.Type.DIRECTORY);
    }

    /** As in Go's reader: only a regular file has content. */
    @Test
    void linksHaveNoContentWhateverTheySay() throws Exception {
        TarBuilder.Header link = new TarBuilder.Header('1', bytes("l")).link(bytes("x")).size(512);
        byte[] tar = new TarBuilder().add(link, new byte[0]).file("b", "").build();
        assertThat(read(tar)).extracting(TarEntry::shown).containsExactly("l", "b");
    }

    @Test
    void endsWithoutATrailerToo() throws Exception {
        assertThat(read(new TarBuilder().file("a", "").open())).hasSize(1);
        assertThat(read(new byte[0])).isEmpty();
        assertThat(read(new byte[512])).isEmpty();
    }

    @Test
    void readsToTheEndBehindTheTrailer() throws Exception {
        byte[] tar = new TarBuilder().raw(new byte[1024]).raw(bytes("whatever")).open();
        ChunkSource source = source(tar, 600);
        assertThat(new TarReader(new TarInput(source)).next()).isNull();
        assertThat(source.next()).isNull();
    }

    @Test
    void refusesEveryCut() {
        byte[] whole =
                new TarBuilder()
                        .pax("path", "p")
                        .file("a", "x".repeat(1500))
                        .meta('L', bytes("long"))
                        .file("b", "y")
                        .open();
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            boolean betweenEntries = length == 512 * 6;
            if (!betweenEntries) {
                assertThatThrownBy(() -> read(cut)).isInstanceOf(CarafeException.Invalid.class);
            }
        }
    }

    @Test
    void refusesRandomBytes() {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[1 + random.nextInt(5000)];
            random.nextBytes(bytes);
            assertThatThrownBy(() -> read(bytes)).isInstanceOf(CarafeException.Invalid.class);
        }
    }

    @Test
    void survivesEverySingleByteOfDamage() throws Exception {
        byte[] whole =
                new TarBuilder().pax("path", "p", "size", "3").file("a", "abc").dir("d/").build();
        for (int i = 0; i < 2048; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) 0x55;
            try {
                read(damaged);
            } catch (CarafeException.Invalid e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
    }

    /** L08: headers that would allocate, loop or overflow. */
    @TestFactory
    Stream<DynamicTest> refusesHeaders() {
        return hostileHeaders().entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> refuse(e.getValue())));
    }

    private static void refuse(TarBuilder tar) {
        byte[] bytes = tar.build();
        assertThatThrownBy(() -> read(bytes)).isInstanceOf(CarafeException.Invalid.class);
    }

    private static Map<String, TarBuilder> hostileHeaders() {
        Map<String, TarBuilder> tars = new LinkedHashMap<>();
        for (char type : new char[] {'x', 'g', 'L', 'K', 'V'}) {
            TarBuilder.Header big = new TarBuilder.Header(type, bytes("m")).size((1 << 20) + 1);
            tars.put("too large " + type, new TarBuilder().add(big, new byte[0]));
            TarBuilder.Header huge =
                    new TarBuilder.Header(type, bytes("m")).base256(124, 12, Long.MAX_VALUE);
            tars.put("huge " + type, new TarBuilder().add(huge, new byte[0]));
            TarBuilder.Header negative =
                    new TarBuilder.Header(type, bytes("m")).base256(124, 12, -1);
            tars.put("negative " + type, new TarBuilder().add(negative, new byte[0]));
        }
        for (String record :
                new String[] {
                    "5 a=b",
                    "0 a=b\n",
                    "-6 a=b\n",
                    "999999999 a=b\n",
                    "99999999999999999999 a=b\n",
                    "6 ab\n",
                    "a=b\n",
                    " 6 a=b\n",
                    "7 a=b\n",
                    "5 =b\n",
                    "8 \0=bcd\n",
                    "6",
                    "",
                    " ",
                    "22 GNU.sparse.major=1\n",
                    "27 GNU.sparse.map=0,1,2,3\n"
                }) {
            if (!record.isEmpty()) {
                tars.put("pax " + record, new TarBuilder().meta('x', bytes(record)).file("a", ""));
            }
        }
        tars.put("pax size negative", new TarBuilder().pax("size", "-1").file("a", ""));
        tars.put("pax size text", new TarBuilder().pax("size", "1k").file("a", ""));
        tars.put("pax uid -1", new TarBuilder().pax("uid", "-1").file("a", ""));
        tars.put("pax uid 2^32-1", new TarBuilder().pax("uid", "4294967295").file("a", ""));
        tars.put("pax mtime", new TarBuilder().pax("mtime", "now").file("a", ""));
        tars.put("pax at the end", new TarBuilder().pax("path", "x"));
        for (char type : new char[] {'S', 'M', 'D', 'N', 'A', (char) 0xff}) {
            tars.put("type " + type, new TarBuilder().add(header(type), new byte[0]));
        }
        tars.put("size", new TarBuilder().add(header('0').base256(124, 12, -512), new byte[0]));
        tars.put(
                "size of all",
                new TarBuilder().add(header('0').base256(124, 12, -1L >>> 1), new byte[0]));
        tars.put("uid", new TarBuilder().add(header('0').base256(108, 8, -1), new byte[0]));
        return tars;
    }

    private static TarBuilder.Header header(char type) {
        return new TarBuilder.Header(type, bytes("a"));
    }

    @Test
    void namesTheSparseFile() {
        byte[] tar = new TarBuilder().add(header('S'), new byte[0]).build();
        assertThatThrownBy(() -> read(tar)).hasMessageContaining("a: sparse files");
    }

    @Test
    void doesNotReadAheadOfALie() {
        TarBuilder.Header lie = header('0').base256(124, 12, 1L << 40);
        byte[] tar = new TarBuilder().add(lie, new byte[512]).build();
        assertThatThrownBy(() -> read(tar)).hasMessageContaining("ends in the middle");
    }
}
