package carafe.linux.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wire format, against bytes that the reference library sends, and against damage. */
class DbusMessageTest {
    /** The reference library's first message on every bus. */
    private static final String HELLO =
            "6c01000100000000010000006e00000001016f00150000002f6f72672f6672656564"
                    + "65736b746f702f444275730000000601730014000000"
                    + "6f72672e667265656465736b746f702e44427573000000000201730014000000"
                    + "6f72672e667265656465736b746f702e44427573000000000301730005000000"
                    + "48656c6c6f000000";

    @Test
    void theReferenceLibrarysHelloIsUnderstood() throws Exception {
        DbusMessage hello = DbusMessage.decode(HexFormat.of().parseHex(HELLO));
        assertThat(hello.type()).isEqualTo(DbusMessage.Type.CALL);
        assertThat(hello.serial()).isEqualTo(1);
        assertThat(hello.path()).isEqualTo("/org/freedesktop/DBus");
        assertThat(hello.face()).isEqualTo("org.freedesktop.DBus");
        assertThat(hello.destination()).isEqualTo("org.freedesktop.DBus");
        assertThat(hello.member()).isEqualTo("Hello");
        assertThat(hello.body()).isEmpty();
    }

    @Test
    void aMessageOfOursHasItsPartsWhereTheSpecificationPutsThem() throws Exception {
        byte[] bytes =
                DbusMessage.call(7, new DbusObject("a.b", "/", "c.d"), "M", "u", List.of(5))
                        .encode();
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo(
                        "6c010001040000000700000047000000"
                                + "01016f00010000002f00000000000000"
                                + "0201730003000000632e640000000000"
                                + "03017300010000004d00000000000000"
                                + "0601730003000000612e620000000000"
                                + "0801670001750000"
                                + "05000000");
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        Random random = new Random(42);
        for (int i = 0; i < 500; i++) {
            List<Object> body =
                    List.of(properties(random), (long) random.nextInt(1000), random.nextBoolean());
            DbusMessage message =
                    DbusMessage.call(
                            i + 1, new DbusObject("s.x", "/p/" + i, "f.x"), "M", "a(sv)tb", body);
            byte[] bytes = message.encode();
            assertThat(DbusMessage.length(Arrays.copyOf(bytes, 16))).isEqualTo(bytes.length);
            assertThat(DbusMessage.decode(bytes)).isEqualTo(message);
        }
    }

    private static List<Object> properties(Random random) {
        List<Object> all = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            Object variant =
                    switch (random.nextInt(4)) {
                        case 0 -> DbusVariant.of("x".repeat(random.nextInt(20)));
                        case 1 -> DbusVariant.ofUnsigned(random.nextLong());
                        case 2 -> DbusVariant.of(random.nextBoolean());
                        default -> new DbusVariant("au", List.of(5L, 6L));
                    };
            all.add(List.of("k".repeat(1 + random.nextInt(9)), variant));
        }
        return all;
    }

    @Test
    void everyCutAndEveryDamagedByteIsAnErrorOrAnotherMessageNeverACrash() throws Exception {
        byte[] bytes =
                DbusMessage.call(
                                1,
                                new DbusObject("s.x", "/p", "f.x"),
                                "M",
                                "a(sv)as",
                                List.of(
                                        List.of(List.of("k", DbusVariant.of("v"))),
                                        List.of("a", "b")))
                        .encode();
        for (int end = 0; end < bytes.length; end++) {
            byte[] cut = Arrays.copyOf(bytes, end);
            assertThatThrownBy(() -> decodeAny(cut)).isInstanceOf(ProtocolException.class);
        }
        for (int at = 0; at < bytes.length; at++) {
            for (int value : new int[] {0, 1, 0x7f, 0xff, 'v', '('}) {
                byte[] damaged = bytes.clone();
                damaged[at] = (byte) value;
                tolerate(damaged);
            }
        }
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = bytes.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            tolerate(damaged);
        }
    }

    private static void tolerate(byte[] bytes) {
        try {
            assertThat(decodeAny(bytes)).isNotNull();
        } catch (ProtocolException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    private static DbusMessage decodeAny(byte[] bytes) throws ProtocolException {
        if (bytes.length == 0) {
            throw new ProtocolException("nothing");
        }
        return DbusMessage.decode(bytes);
    }

    @Test
    void lengthsAreBoundedBeforeAnythingIsRead() {
        for (int at : new int[] {4, 12}) {
            ByteBuffer fixed = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
            fixed.put(0, (byte) 'l').put(1, (byte) 2).put(3, (byte) 1).putInt(at, -1);
            assertThatThrownBy(() -> DbusMessage.length(fixed.array()))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("bytes");
        }
        assertThatThrownBy(() ->
                        DbusMessage.length("HTTP/1.1 400 Bad".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void theOtherByteOrderIsUnderstood() throws Exception {
        ByteBuffer big = ByteBuffer.allocate(16 + 16 + 8).order(ByteOrder.BIG_ENDIAN);
        big.put((byte) 'B').put((byte) 2).put((byte) 0).put((byte) 1);
        big.putInt(4).putInt(9).putInt(15);
        big.put((byte) 5).put((byte) 1).put((byte) 'u').put((byte) 0).putInt(3);
        big.put((byte) 8).put((byte) 1).put((byte) 'g').put((byte) 0);
        big.put((byte) 1).put((byte) 'u').put((byte) 0).put((byte) 0);
        big.putInt(77);
        DbusMessage message = DbusMessage.decode(Arrays.copyOf(big.array(), big.position()));
        assertThat(message.replySerial()).isEqualTo(3);
        assertThat(message.body()).containsExactly(77L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"(", "a", "{s}", "()", "z", "a{sss}", "(s", ")", "aaaaaaaaaaaaaaaaaaaas"})
    void signaturesThatAreNone(String signature) {
        assertThatThrownBy(() -> DbusType.parse(signature)).isInstanceOf(ProtocolException.class);
    }
}
