package carafe.server.doctor;

import carafe.config.CarafeConfig;
import carafe.linux.quota.ProjectQuota;
import carafe.linux.quota.QuotaCalls;
import carafe.network.bridge.NftProgram;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs every check and prints what each finding means. */
public final class Doctor {
    private final List<Check> checks;

    Doctor(List<Check> checks) {
        this.checks = List.copyOf(checks);
    }

    /** Doctor for this machine and this configuration. */
    public static Doctor of(CarafeConfig config) {
        return new Doctor(
                List.of(
                        FeatureCheck.ofThisMachine(),
                        new CgroupDriverCheck(
                                config.cgroup(),
                                Path.of("/run/systemd/system"),
                                Duration.ofSeconds(5)),
                        new DiskCheck(config.storage()),
                        new QuotaCheck(
                                config.storage().root(),
                                config.writableLayers().limit(),
                                new ProjectQuota(QuotaCalls.linux())),
                        new NetworkCheck(
                                config.network(), config.cni(), new NftProgram(NftProgram.USUAL)),
                        new RegistryCheck(config.images()),
                        ToolCheck.ofThisMachine(),
                        new DecoderCheck()));
    }

    /**
     * @return whether pods can run here
     */
    public boolean report(PrintStream out) {
        List<Finding> findings = new ArrayList<>();
        checks.forEach(check -> findings.addAll(check.run()));
        out.print(Report.text(findings));
        return findings.stream().noneMatch(f -> f.mark() == Finding.Mark.FAIL);
    }
}
