package carafe.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFilesTest {
    private static final CarafeConfig DEFAULTS = CarafeConfig.defaults();

    @TempDir private Path dir;

    @Test
    void everyKeyOfTheFileReachesItsRecord() throws IOException {
        Path file =
                write(
                        "config.toml",
                        """
                        log.level = "debug"
                        [storage]
                        root = "/data/carafe"
                        state = "/data/run"
                        [grpc]
                        socket = "/data/run/cri.sock"
                        max_message = "8MiB"
                        max_concurrent_calls = 7
                        shutdown_grace = "250ms"
                        [metrics]
                        enabled = false
                        address = "[::1]:0"
                        [images]
                        certs_dir = "/data/certs"
                        signature_policy = "/data/policy.toml"
                        plain_registries = ["10.0.0.5:5000", "reg"]
                        docker_config = "/data/docker.json"
                        credential_helper_dirs = ["/data/helpers"]
                        parallel_layers = 4
                        keep_blobs = true
                        pinned = ["docker.io/library/pause:3"]
                        [writable_layers]
                        limit = "512MiB"
                        first_project_id = 7
                        project_ids = 8
                        [cni]
                        conf_dir = "/data/net.d"
                        bin_dirs = ["/data/a", "/data/b"]
                        [cgroup]
                        driver = "systemd"
                        shims = "/s"
                        pods_without_parent = "/p"
                        systemd_bus = "/run/bus"
                        pids_per_container = 9
                        """);
        CarafeConfig config = ConfigFiles.check(file);
        assertThat(config.storage())
                .isEqualTo(new CarafeConfig.Storage(Path.of("/data/carafe"), Path.of("/data/run")));
        assertThat(config.grpc())
                .isEqualTo(
                        new CarafeConfig.Grpc(
                                Path.of("/data/run/cri.sock"),
                                Bytes.ofMiB(8),
                                7,
                                Duration.ofMillis(250)));
        assertThat(config.writableLayers())
                .isEqualTo(new WritableLayersSection(Bytes.ofMiB(512), 7, 8));
        assertThat(config.metrics().enabled()).isFalse();
        assertThat(config.metrics().address().getAddress().isLoopbackAddress()).isTrue();
        assertThat(config.images())
                .isEqualTo(
                        new ImagesSection(
                                Path.of("/data/certs"),
                                Path.of("/data/policy.toml"),
                                List.of("10.0.0.5:5000", "reg"),
                                Path.of("/data/docker.json"),
                                List.of(Path.of("/data/helpers")),
                                4,
                                true,
                                List.of("docker.io/library/pause:3")));
        assertThat(config.cni().binDirs()).containsExactly(Path.of("/data/a"), Path.of("/data/b"));
        assertThat(config.cgroup())
                .isEqualTo(
                        new CarafeConfig.Cgroup(
                                CarafeConfig.CgroupDriver.SYSTEMD,
                                "/s",
                                "/p",
                                Path.of("/run/bus"),
                                9));
        assertThat(config.log())
                .isEqualTo(
                        new CarafeConfig.Log(
                                CarafeConfig.Level.DEBUG,
                                CarafeConfig.Format.TEXT,
                                DEFAULTS.log().maxLine()));
    }

    @Test
    void dropInsWinOverTheFileAndFlagsOverBoth() throws IOException {
        Path file = write("config.toml", "[log]\nlevel = \"warn\"\nmax_line = \"1KiB\"\n");
        Files.createDirectory(dir.resolve("config.toml.d"));
        write("config.toml.d/20-b.toml", "log.max_line = \"3KiB\"\n");
        write(
                "config.toml.d/10-a.toml",
                "log.max_line = \"2KiB\"\ngrpc.max_concurrent_calls = 2\n");
        write("config.toml.d/ignored.txt", "no toml");
        CarafeConfig config =
                ConfigFiles.load(Optional.of(file), Map.of("grpc.socket", "/x/flag.sock"));
        assertThat(config.log().level()).isEqualTo(CarafeConfig.Level.WARN);
        assertThat(config.log().maxLine()).isEqualTo(Bytes.ofKiB(3));
        assertThat(config.grpc().maxConcurrentCalls()).isEqualTo(2);
        assertThat(config.socket()).isEqualTo(Path.of("/x/flag.sock"));
    }

    @Test
    void aCollectorWithoutAPathHasTheUsualOne() {
        assertThat(new TracingSection("http://[::1]:4318", 0).url())
                .hasToString("http://[::1]:4318/v1/traces");
        assertThat(new TracingSection("https://otel/carafe/spans", 0).url())
                .hasToString("https://otel/carafe/spans");
    }

    @Test
    void theSocketFollowsTheStateDirectory() {
        CarafeConfig config =
                ConfigFiles.load(
                        Optional.of(writeQuietly("empty.toml", "")),
                        Map.of("storage.state", "/tmp/elsewhere"));
        assertThat(config.socket()).isEqualTo(Path.of("/tmp/elsewhere/carafe.sock"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[grpc]\\n# a comment\\nmax_mesage = \"8MiB\"|3|unknown key grpc.max_mesage; [grpc] knows socket, max_message",
                "[grcp]\\nx = 1|1|unknown key grcp; the file knows storage, writable_layers, grpc",
                "\\n\\nlog.level = \"loud\"|3|log.level: \"loud\" is not one of error, warn, info, debug, trace",
                "[grpc]\\nmax_message = 16|2|grpc.max_message: must be a text in quotes",
                "[grpc]\\nmax_message = \"16 MB\"|2|is not a size; write for example 16MiB",
                "[grpc]\\nshutdown_grace = \"ten\"|2|is not a time span; write for example 10s",
                "[metrics]\\n\\naddress = \"10010\"|3|is not an address",
                "[metrics]\\nenabled = \"yes\"|2|metrics.enabled: must be true or false",
                "[cni]\\nbin_dirs = \"/x\"|2|cni.bin_dirs: must be a list",
                "[network]\\nbridge = \"br-0\"|1|bridge is \"br-0\", must be at most 15 lower-case letters, digits and _",
                "[network]\\nbridge_ipv4 = \"10.0.0.1\"|1|bridge_ipv4: \"10.0.0.1\" is no address range such as 10.88.0.0/16",
                "[network]\\nbridge_ipv6 = \"10.0.0.0/16\"|1|bridge_ipv6: \"10.0.0.0/16\" is a range of the other family",
                "[storage]\\nroot = \"var\"|2|\"var\" must be an absolute path",
                "[grpc]\\nmax_concurrent_calls = -1|2|must be a whole number, 0 or more",
                "storage = 5|1|storage must be a table",
                "[log]\\nmax_line = \"1B\"|1|log: max_line is 1B, must be 256B to 64KiB",
                "[log]\\nlevel =|2|not TOML",
                "[tracing]\\nendpoint = \"host:4318\"|1|tracing: endpoint is \"host:4318\", must be a URL as http",
                "[tracing]\\nendpoint = \"http://u:p@h\"|1|must be a URL as http://127.0.0.1:4318",
                "[tracing]\\nsamples_per_million = 1000001|1|samples_per_million is 1000001, must be 0 to 1000000",
                "[streaming]\\ntls_cert = \"/x\"|1|streaming: tls_cert is set and tls_key is not; set both",
                "[streaming]\\ntls_client_ca = \"/x\"|1|tls_client_ca is set and tls_cert is not",
            })
    void aWrongKeyIsNamedWithFileAndLine(String text, int line, String message) {
        Path file = writeQuietly("bad.toml", text.replace("\\n", "\n"));
        assertThatThrownBy(() -> ConfigFiles.check(file))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageStartingWith(file + ":" + line + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatAFlagNamesMustExist() {
        Path missing = dir.resolve("missing.toml");
        assertThatThrownBy(() -> ConfigFiles.load(Optional.of(missing), Map.of()))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining(missing + " does not exist");
    }

    @Test
    void aWrongFlagIsNamedAsAFlag() {
        Path file = writeQuietly("empty.toml", "");
        assertThatThrownBy(() ->
                        ConfigFiles.load(Optional.of(file), Map.of("metrics.address", "nowhere")))
                .hasMessageContaining("flag --metrics-address")
                .hasMessageContaining("\"nowhere\" is not an address");
    }

    @Test
    void deepNestingIsRefusedNotFatal() {
        Path file = writeQuietly("deep.toml", "x = " + "[".repeat(500_000));
        assertThatThrownBy(() -> ConfigFiles.check(file))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageStartingWith(file + ":1: ");
    }

    @Test
    void flagsTakeBothFormsAndRelativePaths() {
        Flags flags =
                Flags.parse(
                        List.of("--root=data", "--demo", "--log-level", "debug"),
                        java.util.Set.of("--demo"));
        assertThat(flags.values())
                .containsEntry("storage.root", Path.of("data").toAbsolutePath().toString())
                .containsEntry("log.level", "debug");
        assertThat(flags.switches()).containsExactly("--demo");
        assertThat(flags.config()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"--rot,unknown flag --rot", "--root,--root needs a value"})
    void aWrongCommandLineIsNamed(String argument, String message) {
        assertThatThrownBy(() -> Flags.parse(List.of(argument), java.util.Set.of()))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining(message);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text);
    }

    private Path writeQuietly(String name, String text) {
        try {
            return write(name, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
