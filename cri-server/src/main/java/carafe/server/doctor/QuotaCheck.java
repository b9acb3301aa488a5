package carafe.server.doctor;

import carafe.config.Bytes;
import carafe.image.snapshot.QuotaAdvice;
import carafe.linux.MountInfo;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.RootDir;
import carafe.linux.quota.ProjectQuota;
import java.nio.file.Path;
import java.util.List;

/** Whether what containers write can be limited as the configuration wants it. */
record QuotaCheck(Path root, Bytes limit, ProjectQuota quota) implements Check {
    private static final String TOPIC = "writable layers";

    @Override
    public List<Finding> run() {
        if (limit.count() == 0) {
            return List.of();
        }
        Path there = DiskCheck.existing(root);
        try (RootDir directory = RootDir.open(FileCalls.linux(), there)) {
            if (quota.state(directory.fd()) == ProjectQuota.State.LIMITED) {
                return List.of(Finding.ok(TOPIC, "limited to %s".formatted(limit)));
            }
            QuotaAdvice advice = QuotaAdvice.of(there, MountInfo.read());
            return List.of(
                    Finding.warn(
                            TOPIC,
                            advice.mount() + " does not limit projects",
                            "writable_layers.limit has no effect",
                            advice.remedy()));
        } catch (SyscallException e) {
            return List.of(
                    Finding.warn(
                            TOPIC,
                            there + ": " + e.getMessage(),
                            "nobody knows whether writable_layers.limit has an effect",
                            "look at the mount options of " + there));
        }
    }
}
