package carafe.network.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * CHECK, STATUS and GC, and what becomes of attachments at the daemon's start, with scripted
 * plugins.
 */
final class CniUpkeepTest {
    @TempDir Path dir;
    private final JsonMapper json = JsonMapper.builder().build();
    private ScriptedPlugins plugins;
    private CniNetworks networks;

    @BeforeEach
    void install() throws IOException {
        plugins = new ScriptedPlugins(dir, "one", "two");
        networks = plugins.networks();
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    @Test
    void statusIsAskedSince11AndItsErrorIsTheReason() throws Exception {
        plugins.configure("10.conflist", "1.1.0", "{\"type\":\"one\"}");
        plugins.fail("STATUS one");

        await(() -> networks.readiness().message().contains("no such table"));
        assertThat(networks.readiness().ready()).isFalse();
        assertThat(networks.readiness().reason()).isEqualTo("CNIPluginNotReady");
        assertThat(plugins.calls().getFirst().environment().keySet())
                .containsExactlyInAnyOrder("CNI_COMMAND", "CNI_PATH", "PATH");
    }

    @Test
    void aStatusThatHangsHoldsUpNobody() throws IOException {
        plugins.configure("10.conflist", "1.1.0", "{\"type\":\"one\"}");
        plugins.hang("STATUS");

        long begin = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            assertThat(networks.readiness().message()).contains("have not answered to STATUS yet");
        }

        assertThat(System.nanoTime() - begin).isLessThan(Duration.ofSeconds(5).toNanos());
        assertThat(plugins.calls()).hasSize(1);
    }

    @Test
    void olderVersionsAreAskedNeitherStatusNorGc() throws Exception {
        plugins.configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        networks.attach(request());
        plugins.calls().clear();

        assertThat(networks.readiness().ready()).isTrue();
        networks.recover(List.of(request()));

        await(() -> !plugins.calls().isEmpty());
        assertThat(plugins.called()).containsExactly("CHECK one eth0");
    }

    @Test
    void aConfigurationMayForbidCheckAndGc() throws Exception {
        plugins.configure(
                "10.conflist",
                "1.1.0\",\"disableCheck\":true,\"disableGC\":true,\"x\":\"",
                "{\"type\":\"one\"}");
        networks.attach(request());
        plugins.calls().clear();

        networks.check(request());
        networks.recover(List.of());

        await(() -> !plugins.calls().isEmpty());
        assertThat(plugins.called()).containsExactly("DEL one eth0");
    }

    @Test
    void whatBelongsToNoPodIsGivenBackAtTheStart() throws Exception {
        plugins.configure("10.conflist", "1.1.0", "{\"type\":\"one\"}");
        networks.attach(request());
        networks.attach(new AttachRequest("gone", "/proc/2/ns/net", Map.of(), List.of()));
        plugins.calls().clear();

        networks.recover(List.of(request()));

        await(() -> plugins.called().contains("GC one -"));
        assertThat(plugins.called()).containsExactly("DEL one eth0", "CHECK one eth0", "GC one -");
        assertThat(plugins.calls().getFirst().environment())
                .containsEntry("CNI_CONTAINERID", "gone")
                .containsEntry("CNI_NETNS", "");
        assertThat(plugins.calls().getLast().input().path("cni.dev/valid-attachments"))
                .isEqualTo(json.readTree("[{\"containerID\":\"pod1\",\"ifname\":\"eth0\"}]"));
        assertThat(plugins.calls().getLast().environment()).doesNotContainKey("CNI_CONTAINERID");
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 4000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static AttachRequest request() {
        return new AttachRequest("pod1", "/proc/1/ns/net", Map.of(), List.of());
    }
}
