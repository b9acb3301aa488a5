package carafe.runtime.recovery;

import carafe.base.DurableFiles;
import carafe.runtime.state.Core;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which run of the machine the state directory belongs to. It may survive a reboot, and then the
 * pids in its bundles name strangers.
 */
final class LastBoot {
    private static final Logger LOG = LoggerFactory.getLogger(LastBoot.class);
    private static final int MAX_BYTES = 256;

    private final Core core;
    private final Path file;

    LastBoot(Core core) {
        this.core = core;
        this.file = core.paths().state().resolve("boot-id");
    }

    /** Whether bundles found now were made in this run of the machine; in doubt they were not. */
    boolean isCurrent() {
        try {
            String found =
                    new String(
                            core.ports().files().read(file, MAX_BYTES), StandardCharsets.US_ASCII);
            return found.strip().equals(core.ports().processes().bootId());
        } catch (IOException e) {
            return false;
        }
    }

    void remember() {
        try {
            Files.createDirectories(core.paths().state());
            core.ports()
                    .files()
                    .write(
                            file,
                            core.ports().processes().bootId().getBytes(StandardCharsets.US_ASCII),
                            DurableFiles.Durability.PROCESS);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("The boot id cannot be kept; orphans' processes will be left alone");
        }
    }
}
