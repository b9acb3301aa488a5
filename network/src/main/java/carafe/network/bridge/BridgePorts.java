package carafe.network.bridge;

import carafe.base.DurableFiles;
import carafe.base.Steps;

/**
 * Everything that the built-in network touches, so that a test can fail or stop it anywhere.
 *
 * @param steps {@code bridge.add.*} and {@code bridge.del.*}
 */
public record BridgePorts(
        Netlinks netlinks,
        NodeSettings settings,
        PacketFilter filter,
        DurableFiles files,
        JournalFile.Opener journal,
        Steps steps) {}
