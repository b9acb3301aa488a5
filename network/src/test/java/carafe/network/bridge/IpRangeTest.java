package carafe.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpRangeTest {
    @ParameterizedTest
    @CsvSource({
        "10.88.0.0/16,10.88.0.0/16,65535,10.88.0.1",
        "10.88.7.9/24,10.88.7.0/24,255,10.88.7.1",
        "192.168.1.4/30,192.168.1.4/30,3,192.168.1.5",
        "fd00:a::/64,fd00:a::/64,1048576,fd00:a::1",
        "fd00:a:0:0:1::ff/120,fd00:a:0:0:1::/120,256,fd00:a::1:0:0:1",
        "2001:db8:0:1::/126,2001:db8:0:1::/126,4,2001:db8:0:1::1"
    })
    void aRangeHasRoomAndAGateway(String text, String shown, int size, String gateway) {
        IpRange range = IpRange.parse(text);

        assertThat(range).hasToString(shown);
        assertThat(range.size()).isEqualTo(size);
        assertThat(IpRange.text(range.gateway())).isEqualTo(gateway);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/16",
                "10.0.0.0",
                "10.0.0.0/x",
                "10.0.0.0/31",
                "10.0.0.0/7",
                "10.0.0/16",
                "example.org/16",
                "fd00::/127",
                "fd00::/40",
                "fd00::/999"
            })
    void whatIsNoRangeIsRefusedByName(String text) {
        assertThatThrownBy(() -> IpRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAddressIsWrittenAsItIsReadWithItsLongestRunOfZerosLeftOut() {
        Random random = new Random(6);
        for (int i = 0; i < 2000; i++) {
            byte[] raw = new byte[16];
            for (int at = 0; at < raw.length; at++) {
                raw[at] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
            }
            InetAddress address = inet6(raw);
            String text = IpRange.text(address);

            assertThat(InetAddress.ofLiteral(text)).isEqualTo(address);
            assertThat(text).matches("[^:].*[^:]|::.*|.*::");
        }
    }

    private static InetAddress inet6(byte[] raw) {
        try {
            return Inet6Address.getByAddress("", raw, -1);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void addressesAndTheirIndexesBelongTogether() {
        IpRange range = IpRange.parse("10.88.0.0/16");

        for (int index : new int[] {0, 1, 2, 255, 256, 65_534}) {
            assertThat(range.indexOf(range.address(index))).isEqualTo(index);
            assertThat(range.contains(range.address(index))).isTrue();
        }
        assertThat(range.indexOf(InetAddress.ofLiteral("10.88.255.255"))).isEqualTo(-1);
        assertThat(range.indexOf(InetAddress.ofLiteral("10.87.255.255"))).isEqualTo(-1);
        assertThat(range.indexOf(InetAddress.ofLiteral("fd00::1"))).isEqualTo(-1);
        assertThat(range.contains(InetAddress.ofLiteral("10.89.0.0"))).isFalse();
    }
}
