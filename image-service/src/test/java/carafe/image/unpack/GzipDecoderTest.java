package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.isal.Isal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipDecoderTest {
    private static final byte[] HELLO = "hello ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] WORLD = "world".getBytes(StandardCharsets.US_ASCII);

    private static byte[] decode(byte[] blob) throws IOException {
        return decode(() -> new ByteArrayInputStream(blob));
    }

    /** With the JDK and, where it is, libisal: they must agree. */
    private static byte[] decode(Supplier<InputStream> blob) throws IOException {
        CarafeException.Invalid refusal = null;
        byte[] decoded = null;
        try {
            decoded = decode(blob.get(), Decoders.jdk());
        } catch (CarafeException.Invalid e) {
            refusal = e;
        }
        Optional<Isal> isal = Isal.load();
        if (isal.isPresent()) {
            Decoders other = Decoders.of(isal.get());
            if (decoded != null) {
                assertThat(decode(blob.get(), other)).isEqualTo(decoded);
            } else {
                assertThatThrownBy(() -> decode(blob.get(), other))
                        .isInstanceOf(CarafeException.Invalid.class);
            }
        }
        if (decoded == null) {
            throw Objects.requireNonNull(refusal);
        }
        return decoded;
    }

    private static byte[] decode(InputStream blob, Decoders decoders) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1000];
        try (GzipDecoder decoder = new GzipDecoder(blob, decoders.inflation())) {
            for (int n = decoder.read(buffer, 0, 1000); n >= 0; n = decoder.read(buffer, 0, 1000)) {
                out.write(buffer, 0, n);
            }
        }
        return out.toByteArray();
    }

    @Test
    void libisalIsUsedWhereItIsInstalled() {
        assertThat(Isal.load().isPresent()).isEqualTo(Isal.find().isPresent());
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Test
    void decodesOneMember() throws IOException {
        byte[] content = new byte[500_000];
        new Random(1).nextBytes(content);
        assertThat(decode(Layers.gzip(content))).isEqualTo(content);
    }

    @Test
    void decodesAllMembers() throws IOException {
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 0; i < 2_000; i++) {
            byte[] content = (i + " ").repeat(i % 40).getBytes(StandardCharsets.US_ASCII);
            blob.writeBytes(Layers.gzip(content));
            expected.writeBytes(content);
        }
        assertThat(decode(blob.toByteArray())).isEqualTo(expected.toByteArray());
    }

    @Test
    void decodesBytesThatTrickleIn() throws IOException {
        byte[] blob = join(Layers.gzip(HELLO), Layers.gzip(WORLD));
        Supplier<InputStream> trickle =
                () ->
                        new ByteArrayInputStream(blob) {
                            @Override
                            public synchronized int read(byte[] into, int offset, int length) {
                                return super.read(into, offset, Math.min(1, length));
                            }
                        };
        assertThat(decode(trickle)).isEqualTo(join(HELLO, WORLD));
    }

    @Test
    void understandsEveryHeaderField() throws IOException {
        byte[] plain = Layers.gzip(HELLO);
        byte[] head =
                join(
                        new byte[] {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3},
                        new byte[] {3, 0, 'x', 'y', 'z'},
                        "name\0comment\0".getBytes(StandardCharsets.US_ASCII));
        CRC32 crc = new CRC32();
        crc.update(head);
        byte[] check = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
        byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);

        assertThat(decode(join(head, check, rest))).isEqualTo(HELLO);
        check[0]++;
        assertThatThrownBy(() -> decode(join(head, check, rest)))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("header checksum");
    }

    /** The JDK's GZIPInputStream answers all of these with the first member and no error. */
    @Test
    void refusesWhateverIsNotAWholeSecondMember() {
        byte[] first = Layers.gzip(HELLO);
        byte[] second = Layers.gzip(WORLD);
        byte[] badMagic = second.clone();
        badMagic[0]++;
        byte[] badMethod = second.clone();
        badMethod[2]++;
        byte[] cut = Arrays.copyOf(second, second.length - 3);

        for (byte[] behind : new byte[][] {badMagic, badMethod, cut, {0}, {0x1f}, new byte[512]}) {
            assertThatThrownBy(() -> decode(join(first, behind)))
                    .isInstanceOf(CarafeException.Invalid.class)
                    .hasMessageStartingWith("gzip member");
        }
    }

    @Test
    void refusesEveryCut() {
        byte[] blob = Layers.gzip(HELLO);
        for (int length = 0; length < blob.length; length++) {
            byte[] cut = Arrays.copyOf(blob, length);
            assertThatThrownBy(() -> decode(cut)).isInstanceOf(CarafeException.Invalid.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, -1, -4, -5, -8, 12})
    void refusesDamage(int at) {
        byte[] blob = Layers.gzip(HELLO);
        blob[at < 0 ? blob.length + at : at] ^= (byte) 0xe0;
        assertThatThrownBy(() -> decode(blob)).isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void refusesAnEndlessName() {
        byte[] endless = new byte[100_000];
        Arrays.fill(endless, (byte) 'a');
        byte[] head = {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 3};
        assertThatThrownBy(() -> decode(join(head, endless)))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("endless");
    }
}
