package carafe.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.DnsConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResolvConfTest {
    @Test
    void serversSearchesAndOptionsInOrder() {
        DnsConfig dns =
                new DnsConfig(
                        List.of("192.0.2.1", "2001:db8::1"),
                        List.of("a.example", "b.example"),
                        List.of("ndots:5", "use-vc"));
        assertThat(ResolvConf.of(dns))
                .isEqualTo(
                        """
                        search a.example b.example
                        nameserver 192.0.2.1
                        nameserver 2001:db8::1
                        options ndots:5 use-vc
                        """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "1.2.3.4\nnameserver 6.6.6.6", "a\u0000"})
    void noWordSmugglesALine(String word) {
        assertThatThrownBy(() -> ResolvConf.of(new DnsConfig(List.of(word), List.of(), List.of())))
                .isInstanceOf(CarafeException.Invalid.class);
    }
}
