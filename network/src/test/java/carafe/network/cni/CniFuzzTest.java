package carafe.network.cni;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.testkit.fuzz.Fuzz;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** F09: CNI configurations, and what plugins print. */
class CniFuzzTest {
    @Test
    void configuration() {
        NetworkListReader reader = new NetworkListReader();
        new Fuzz("cni-config", input -> configuration(reader, input))
                .seed(
                        """
                        {"cniVersion":"1.0.0","name":"net","plugins":[{"type":"bridge","bridge":"cni0","isGateway":true,
                        "ipam":{"type":"host-local","ranges":[[{"subnet":"10.22.0.0/16"}]]}},
                        {"type":"portmap","capabilities":{"portMappings":true}}]}
                        """)
                .seed("{\"cniVersion\":\"0.3.1\",\"name\":\"old\",\"type\":\"loopback\"}")
                .words(
                        "\"type\":\"../x\"",
                        "\"type\":\"a/b\"",
                        "\"plugins\":[]",
                        "[[[[[[[[",
                        "null")
                .words("\"name\":\"\"", "\\u0000", "\"cniVersion\":\"9.9.9\"", "1e999")
                .run();
    }

    private static Object configuration(NetworkListReader reader, byte[] input) {
        try {
            NetworkList list = reader.read(Path.of("fuzz.conflist"), input);
            assertThat(list.name()).matches("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");
            for (NetworkList.Plugin plugin : list.plugins()) {
                assertThat(plugin.type()).isNotEmpty().doesNotContain("/", "\0").isNotIn(".", "..");
            }
            return list.plugins().size();
        } catch (CarafeException.Invalid e) {
            assertThat(e).hasMessageContaining("fuzz.conflist");
            return String.valueOf(e.getMessage()).replaceAll("[0-9]+|\".*|'.*", "");
        }
    }

    @Test
    void result() {
        ResultReader reader = new ResultReader();
        new Fuzz("cni-result", input -> result(reader, input))
                .seed(
                        """
                        {"cniVersion":"1.0.0","interfaces":[{"name":"cni0"},{"name":"eth0","sandbox":"/proc/1/ns/net"}],
                        "ips":[{"address":"10.22.0.5/16","gateway":"10.22.0.1","interface":1},
                        {"address":"fd00::5/64","interface":1}],"routes":[{"dst":"0.0.0.0/0"}],"dns":{}}
                        """)
                .seed(
                        "{\"cniVersion\":\"0.3.1\",\"ips\":[{\"version\":\"4\",\"address\":\"1.2.3.4/8\"}]}")
                .words(
                        "\"interface\":-1",
                        "\"ips\":{}",
                        "::ffff:1.2.3.4/96",
                        "999.1.1.1/99",
                        "localhost/8")
                .run();
    }

    private static Object result(ResultReader reader, byte[] input) throws Exception {
        try {
            Attachment attachment = reader.read("net", new String(input, StandardCharsets.UTF_8));
            for (String address : attachment.addresses()) {
                assertThat(InetAddress.ofLiteral(address)).isNotNull();
            }
            return attachment.addresses().size();
        } catch (CarafeException.Unavailable e) {
            return String.valueOf(e.getMessage()).replaceAll("[0-9]+|\".*|'.*", "");
        }
    }
}
