package carafe.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import carafe.base.CarafeException;
import carafe.config.Bytes;
import carafe.config.CarafeConfig;
import carafe.config.ImagesSection;
import carafe.config.NetworkMode;
import carafe.config.NetworkSection;
import carafe.linux.features.Feature;
import carafe.linux.quota.ProjectQuota;
import carafe.linux.quota.QuotaCalls;
import carafe.network.bridge.NftProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChecksTest {
    @TempDir private Path dir;

    @ParameterizedTest
    @CsvSource({"PRESENT,OK,''", "DEGRADED,WARN,the fix", "MISSING,FAIL,the fix"})
    void featuresOfTheMachineBecomeFindings(
            Feature.Verdict verdict, Finding.Mark mark, String fix) {
        Feature feature = new Feature("overlayfs", verdict, "seen", "what follows", "the fix");
        assertThat(new FeatureCheck(() -> List.of(feature)).run())
                .extracting(Finding::topic, Finding::mark, Finding::found, Finding::fix)
                .containsExactly(tuple("overlayfs", mark, "seen", fix));
    }

    @Test
    void aMachineWithoutCgroupsFails() {
        FeatureCheck check =
                new FeatureCheck(() -> {
                    throw new CarafeException.Precondition("no cgroup file system");
                });
        assertThat(check.run())
                .singleElement()
                .satisfies(f -> assertThat(f.mark()).isEqualTo(Finding.Mark.FAIL));
    }

    @Test
    void thisMachineIsLookedAt() {
        assertThat(FeatureCheck.ofThisMachine().run())
                .extracting(Finding::topic)
                .contains("kernel", "overlayfs", "cgroups", "capabilities", "seccomp");
    }

    @Test
    void theFirstCniConfigurationCounts() throws IOException {
        Path conf = Files.createDirectory(dir.resolve("net.d"));
        Path bin = Files.createDirectory(dir.resolve("bin"));
        NetworkCheck check = network(NetworkMode.CNI, conf, bin);
        assertThat(check.run())
                .singleElement()
                .satisfies(f -> assertThat(f.found()).isEqualTo("no CNI configuration in " + conf));

        Files.writeString(conf.resolve("20-b.conf"), "{}");
        Files.writeString(conf.resolve("10-a.conflist"), "{}");
        Files.writeString(conf.resolve("00-readme.txt"), "");
        assertThat(check.run())
                .extracting(Finding::mark, Finding::found)
                .containsExactly(
                        tuple(Finding.Mark.OK, conf.resolve("10-a.conflist") + " (first of 2)"),
                        tuple(Finding.Mark.FAIL, "none in [" + bin + "]"));

        Files.writeString(bin.resolve("bridge"), "");
        assertThat(check.run().getLast().found()).isEqualTo("1 in " + bin);
    }

    @Test
    void withoutCniConfigurationTheBridgeMakesTheNetworkWhereThereIsNft() throws IOException {
        Path conf = dir.resolve("net.d");
        Path bin = Files.createDirectory(dir.resolve("bin"));
        NetworkCheck check = network(NetworkMode.AUTO, conf, bin);
        assertThat(check.run())
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.mark()).isEqualTo(Finding.Mark.WARN);
                    assertThat(f.found()).contains("nft is in none of");
                    assertThat(f.meaning()).contains("NetworkReady is false");
                });

        Files.createFile(
                bin.resolve("nft"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        assertThat(check.run())
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.mark()).isEqualTo(Finding.Mark.OK);
                    assertThat(f.found()).contains("carafe0", "10.87.0.0/16", "fdca:fa87::/64");
                });
    }

    private static NetworkCheck network(NetworkMode mode, Path conf, Path bin) {
        NetworkSection usual = CarafeConfig.defaults().network();
        return new NetworkCheck(
                new NetworkSection(mode, usual.bridge(), usual.bridgeIpv4(), usual.bridgeIpv6(), 0),
                new CarafeConfig.Cni(conf, List.of(bin), "", 1),
                new NftProgram(List.of(bin)));
    }

    @Test
    void registriesAreListedAndPlainOnesWarnedOf() throws IOException {
        Path certs = dir.resolve("certs.d");
        assertThat(registries(certs, List.of()).getFirst().found()).contains("is missing");
        Files.createDirectories(certs.resolve("docker.io"));
        Files.createDirectories(certs.resolve("a.example"));
        assertThat(registries(certs, List.of("10.0.0.5:5000")))
                .extracting(Finding::mark, Finding::found)
                .containsExactly(
                        tuple(Finding.Mark.OK, "a.example, docker.io in " + certs),
                        tuple(Finding.Mark.WARN, "10.0.0.5:5000"));
    }

    @Test
    void toolsAreLookedUpInTheGivenDirectories() throws IOException {
        assertThat(new ToolCheck(List.of(dir)).run()).allMatch(f -> f.mark() == Finding.Mark.WARN);
        Path crictl = Files.writeString(dir.resolve("crictl"), "");
        assertThat(crictl.toFile().setExecutable(true)).isTrue();
        assertThat(new ToolCheck(List.of(dir)).run().getFirst().found())
                .isEqualTo(crictl.toString());
    }

    @Test
    void aDirectoryThatDoesNotExistYetIsJudgedByItsParent() {
        CarafeConfig.Storage storage =
                new CarafeConfig.Storage(dir.resolve("a/b"), dir.resolve("c/d"));
        assertThat(new DiskCheck(storage).run())
                .hasSize(2)
                .allSatisfy(f -> assertThat(f.found()).startsWith(dir.toString()));
    }

    @Test
    void aLimitOfWritableLayersIsTriedOnTheirFileSystem() {
        assertThat(quota(0, 0)).isEmpty();
        assertThat(quota(512, 0x30).getFirst().found()).isEqualTo("limited to 512MiB");
        Finding absent = quota(512, 0).getFirst();
        assertThat(absent.mark()).isEqualTo(Finding.Mark.WARN);
        assertThat(absent.found()).contains("does not limit projects");
    }

    private List<Finding> quota(long mebibytes, int flags) {
        QuotaCalls calls =
                new QuotaCalls() {
                    @Override
                    public void ioctl(int fd, long request, byte[] argument) {}

                    @Override
                    public void quotactl(int fd, int command, int id, byte[] argument) {
                        argument[2] = (byte) flags; // of little-endian machines
                    }
                };
        return new QuotaCheck(
                        dir.resolve("absent"), Bytes.ofMiB(mebibytes), new ProjectQuota(calls))
                .run();
    }

    private static List<Finding> registries(Path certs, List<String> plain) {
        return new RegistryCheck(
                        new ImagesSection(
                                certs,
                                Path.of("/none"),
                                plain,
                                Path.of("/absent"),
                                List.of(),
                                0,
                                false,
                                List.of()))
                .run();
    }
}
