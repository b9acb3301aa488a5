package carafe.network.cni;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.network.process.ChildProgram;
import carafe.testkit.fuzz.Fuzz;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

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
                .seed("{\"cniVersion\":\"0.3.0\",\"name\":\"older\",\"type\":\"ptp\"}")
                .seed("{\"cniVersion\":\"0.3.1\",\"name\":\"old\",\"type\":\"loopback\"}")
                .seed(
                        """
                        {"cniVersion":"0.4.0","name":"a.b","disableCheck":true,"plugins":[{"type":"macvlan"}]}
                        """)
                .seed(
                        """
                        {"cniVersion":"1.1.0","cniVersions":["1.0.0","1.1.0"],"name":"new","disableGC":true,
                        "plugins":[{"type":"bridge","capabilities":{"ipRanges":true,"cgroupPath":true}}]}
                        """)
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
                .seed(
                        """
                        {"cniVersion":"0.4.0","interfaces":[{"name":"eth0","mac":"00:11:22:33:44:55","sandbox":"/n"}],
                        "ips":[{"version":"6","address":"fd00::9/64","gateway":"fd00::1","interface":0}]}
                        """)
                .seed(
                        """
                        {"cniVersion":"1.1.0","interfaces":[{"name":"eth0","mtu":1500,"pciID":"","socketPath":"",
                        "sandbox":"/n"}],"ips":[{"address":"10.1.0.2/16","interface":0}],
                        "routes":[{"dst":"::/0","mtu":1400,"priority":1,"table":7,"scope":0}]}
                        """)
                .words(
                        "\"interface\":-1",
                        "\"ips\":{}",
                        "::ffff:1.2.3.4/96",
                        "999.1.1.1/99",
                        "localhost/8")
                .run();
    }

    @Test
    void error(@TempDir Path dir) throws IOException {
        Path program = Files.writeString(dir.resolve("one"), "");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        int owner = (Integer) Files.getAttribute(program, "unix:uid");
        PluginPath path = new PluginPath(List.of(dir), Set.of(owner));
        new Fuzz("cni-error", input -> error(path, input))
                .seed(
                        """
                        {"cniVersion":"1.0.0","code":7,"msg":"invalid network","details":"the range 1.2.3.0/33 is none"}
                        """)
                .seed("{\"cniVersion\":\"0.3.1\",\"code\":11,\"msg\":\"try again later\"}")
                .seed("panic: runtime error: index out of range \u009b31m")
                .words("\"msg\":{}", "\"msg\":null", "\u0000\u001b[2J", "{\"msg\":\"", "[[[[[[")
                .run();
    }

    private static Object error(PluginPath path, byte[] input) {
        String printed = new String(input, StandardCharsets.UTF_8);
        PluginCall call =
                new PluginCall(
                        path,
                        (_, _, _, _) -> new ChildProgram.Output(1, printed, printed),
                        Duration.ofSeconds(1));
        JsonMapper json = JsonMapper.builder().build();
        NetworkList.Plugin plugin =
                new NetworkList.Plugin("one", Set.of(), json.createObjectNode());
        NetworkList network =
                new NetworkList("net", "1.1.0", List.of(plugin), Set.of(), Path.of("f"));
        try {
            call.run(PluginCall.Verb.STATUS, network, plugin, json.createObjectNode());
            throw new AssertionError("exit code 1 is no failure");
        } catch (CarafeException.Unavailable e) {
            String message = String.valueOf(e.getMessage());
            assertThat(message).contains("STATUS of CNI plugin one").hasSizeLessThan(2_200);
            assertThat(message.chars()).noneMatch(Character::isISOControl);
            return message.length() / 100;
        }
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
