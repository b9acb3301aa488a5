package carafe.image.unpack;

import static carafe.image.unpack.TarBuilder.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.fs.FileTime;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarNumbersTest {
    private static long field(byte[] bytes) {
        return TarNumbers.field("x", bytes, 0, bytes.length);
    }

    @ParameterizedTest
    @CsvSource({
        "'0000644\0',420",
        "' 644 \0\0\0',420",
        "'\0\0\0\0\0\0\0\0',0",
        "'77777777777',8589934591"
    })
    void readsOctal(String text, long expected) {
        assertThat(field(bytes(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000648\0", "-000001\0", "0x10\0\0\0", "12 34\0\0", "\0001\0002"})
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> field(bytes(text))).isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void readsBase256OfEverySign() {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            byte[] field = new byte[12];
            Arrays.fill(field, (byte) (value < 0 ? 0xff : 0));
            byte[] two = BigInteger.valueOf(value).toByteArray();
            System.arraycopy(two, 0, field, 12 - two.length, two.length);
            field[0] |= (byte) 0x80;
            assertThat(field(field)).isEqualTo(value);
        }
    }

    @Test
    void refusesBase256BeyondALong() {
        byte[] field = new byte[12];
        field[0] = (byte) 0x80;
        field[3] = 1;
        assertThatThrownBy(() -> field(field)).isInstanceOf(CarafeException.Invalid.class);
        field[3] = 0;
        field[4] = (byte) 0x80;
        assertThatThrownBy(() -> field(field)).isInstanceOf(CarafeException.Invalid.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1234567890.123456789,1234567890,123456789",
        "1234567890.5,1234567890,500000000",
        "0.0000000019,0,1",
        "7,7,0",
        "-1.25,-2,750000000",
        "-0.25,-1,750000000",
        "-3,-3,0"
    })
    void readsTimes(String text, long seconds, int nanos) {
        assertThat(TarNumbers.time("t", bytes(text))).isEqualTo(new FileTime(seconds, nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a", "1.2.3", "1.-5", "99999999999999999999", "1e9"})
    void refusesOtherTimes(String text) {
        assertThatThrownBy(() -> TarNumbers.time("t", bytes(text)))
                .isInstanceOf(CarafeException.Invalid.class);
    }
}
