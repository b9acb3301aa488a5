package carafe.server.doctor;

import carafe.config.CarafeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which CNI configuration would make pod networks, and whether plugins are there. */
record CniCheck(CarafeConfig.Cni cni) implements Check {
    @Override
    public List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        List<Path> configs = files(cni.confDir(), "glob:*.{conflist,conf,json}");
        if (configs.isEmpty()) {
            return List.of(
                    Finding.warn(
                            "CNI configuration",
                            "none in " + cni.confDir(),
                            "NetworkReady is false: host-network pods run, others get only"
                                    + " loopback",
                            "install your cluster's network, or put a *.conflist there"));
        }
        findings.add(
                Finding.ok(
                        "CNI configuration",
                        configs.getFirst()
                                + (configs.size() == 1
                                        ? ""
                                        : " (first of %d)".formatted(configs.size()))));
        findings.add(plugins());
        return findings;
    }

    private Finding plugins() {
        for (Path dir : cni.binDirs()) {
            int count = files(dir, "glob:*").size();
            if (count > 0) {
                return Finding.ok("CNI plugins", "%d in %s".formatted(count, dir));
            }
        }
        return Finding.fail(
                "CNI plugins",
                "none in " + cni.binDirs(),
                "the CNI configuration cannot be carried out: pods without host network fail",
                "apt-get install containernetworking-plugins, or set cni.bin_dirs");
    }

    private static List<Path> files(Path dir, String glob) {
        try (Stream<Path> listed = Files.list(dir)) {
            var matcher = dir.getFileSystem().getPathMatcher(glob);
            return listed.filter(f -> matcher.matches(f.getFileName())).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
