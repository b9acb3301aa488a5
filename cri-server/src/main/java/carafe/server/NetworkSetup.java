package carafe.server;

import carafe.base.DurableFiles;
import carafe.base.Steps;
import carafe.config.CarafeConfig;
import carafe.config.NetworkSection;
import carafe.network.bridge.BridgeNetwork;
import carafe.network.bridge.BridgePorts;
import carafe.network.bridge.BridgeSettings;
import carafe.network.bridge.IpRange;
import carafe.network.bridge.JournalFile;
import carafe.network.bridge.NftProgram;
import carafe.network.bridge.NodeSettings;
import carafe.network.cni.CniNetworks;
import carafe.runtime.host.BridgePodNetwork;
import carafe.runtime.host.ChosenPodNetwork;
import carafe.runtime.host.CniPodNetwork;
import carafe.runtime.host.ShimNetlinks;
import carafe.runtime.shim.ShimLauncher;
import carafe.runtime.state.StatePaths;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Puts the pod networks together as the configuration says. */
final class NetworkSetup {
    private static final Duration PLUGIN_DEADLINE = Duration.ofMinutes(1);

    private NetworkSetup() {}

    static ChosenPodNetwork open(
            CarafeConfig config,
            ShimLauncher shims,
            DurableFiles files,
            Steps steps,
            Closer closer) {
        BridgeNetwork bridge =
                closer.add(
                        new BridgeNetwork(
                                settings(config),
                                new BridgePorts(
                                        new ShimNetlinks(
                                                shims, new StatePaths(config.storage().state())),
                                        NodeSettings.ofNode(),
                                        new NftProgram(NftProgram.USUAL),
                                        files,
                                        JournalFile::onDisk,
                                        steps)));
        return new ChosenPodNetwork(
                switch (config.network().mode()) {
                    case AUTO -> ChosenPodNetwork.Choice.AUTO;
                    case CNI -> ChosenPodNetwork.Choice.CNI;
                    case BRIDGE -> ChosenPodNetwork.Choice.BRIDGE;
                },
                new CniPodNetwork(closer.add(new CniNetworks(cni(config), files))),
                new BridgePodNetwork(bridge));
    }

    private static BridgeSettings settings(CarafeConfig config) {
        NetworkSection network = config.network();
        return new BridgeSettings(
                network.bridge(),
                range(network.bridgeIpv4()),
                range(network.bridgeIpv6()),
                network.bridgeMtu(),
                config.storage().root().resolve("bridge"));
    }

    private static Optional<IpRange> range(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(IpRange.parse(text));
    }

    private static CniNetworks.Settings cni(CarafeConfig config) {
        return new CniNetworks.Settings(
                config.cni().confDir(),
                config.cni().binDirs(),
                config.storage().root().resolve("cni"),
                PLUGIN_DEADLINE,
                Set.of(0),
                new CniNetworks.Choice(config.cni().network(), config.cni().networksPerPod()));
    }
}
