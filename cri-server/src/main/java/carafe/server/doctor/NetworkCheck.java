package carafe.server.doctor;

import carafe.config.CarafeConfig;
import carafe.config.NetworkMode;
import carafe.config.NetworkSection;
import carafe.network.bridge.PacketFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who would make pod networks, and whether what that needs is there.
 *
 * @param filter of the built-in bridge
 */
record NetworkCheck(NetworkSection network, CarafeConfig.Cni cni, PacketFilter filter)
        implements Check {
    private static final String TOPIC = "pod network";
    private static final String MEANING =
            "NetworkReady is false: host-network pods run, others get only loopback";

    @Override
    public List<Finding> run() {
        List<Path> configs =
                network.mode() == NetworkMode.BRIDGE
                        ? List.of()
                        : files(cni.confDir(), "glob:*.{conflist,conf,json}");
        if (!configs.isEmpty()) {
            return plugins(configs);
        }
        return List.of(network.mode() == NetworkMode.CNI ? nothing() : bridge());
    }

    private Finding nothing() {
        return Finding.warn(
                TOPIC,
                "no CNI configuration in " + cni.confDir(),
                MEANING,
                "install your cluster's network, or put a *.conflist there");
    }

    private Finding bridge() {
        String ranges =
                Stream.of(network.bridgeIpv4(), network.bridgeIpv6())
                        .filter(range -> !range.isEmpty())
                        .collect(Collectors.joining(" and "));
        return filter.problem()
                .map(why ->
                        Finding.warn(
                                TOPIC,
                                why,
                                MEANING,
                                "apt-get install nftables, or install your cluster's network"))
                .orElseGet(() ->
                        Finding.ok(
                                TOPIC,
                                "built-in bridge %s, %s".formatted(network.bridge(), ranges)));
    }

    private List<Finding> plugins(List<Path> configs) {
        List<Finding> findings = new ArrayList<>();
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
