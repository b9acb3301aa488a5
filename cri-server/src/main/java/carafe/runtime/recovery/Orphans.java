package carafe.runtime.recovery;

import carafe.base.CarafeException;
import carafe.base.Id;
import carafe.base.KeyedLock;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.container.ContainerBundle;
import carafe.runtime.container.ContainerHoldings;
import carafe.runtime.container.ImageMounts;
import carafe.runtime.port.PodNetwork;
import carafe.runtime.sandbox.PodHoldings;
import carafe.runtime.state.BundleDirectory;
import carafe.runtime.state.Core;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes bundles that no record speaks of, with all that hangs on them. */
public final class Orphans {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    private final Core core;
    private final PodHoldings pods;
    private final ContainerHoldings containers;
    private final ContainerBundle bundles;

    public Orphans(
            Core core, PodHoldings pods, ContainerHoldings containers, ContainerBundle bundles) {
        this.core = core;
        this.pods = pods;
        this.containers = containers;
        this.bundles = bundles;
    }

    /**
     * Ids without a record.
     *
     * @param containers of bundles
     * @param pods of bundles
     * @param snapshots of root file systems whose bundle is gone too, as after a reboot
     */
    record Found(List<String> containers, List<String> pods, List<String> snapshots) {}

    /** Looks; only before the first request, which begins with a bundle and no record. */
    Found find() {
        List<String> containersWithout = without(core.paths().containers(), this::isContainer);
        return new Found(
                containersWithout,
                without(core.paths().pods(), id -> core.inventory().pods().find(id).isPresent()),
                core.ports().images().prepared().stream()
                        .filter(owner -> {
                            String id = ImageMounts.containerOf(owner);
                            return !isContainer(id) && !containersWithout.contains(id);
                        })
                        .toList());
    }

    /**
     * Removes them; what cannot be removed is left for the next start.
     *
     * @param bootId the run of the machine whose pids the bundles name
     */
    void remove(Found found, String bootId) {
        boolean sameBoot = bootId.equals(core.ports().processes().bootId());
        for (String each : found.containers()) {
            attempt("container", each, () -> removeContainer(each, bootId));
        }
        for (String each : found.snapshots()) {
            attempt("container", each, () -> core.ports().images().release(each));
        }
        for (String each : found.pods()) {
            attempt("sandbox", each, () -> removePod(each, sameBoot));
        }
    }

    private boolean isContainer(String id) {
        return core.inventory().containers().find(id).isPresent();
    }

    private void removeContainer(String id, String bootId) {
        String cgroup = cgroup(id);
        containers.release(id, bootId, cgroup);
        // Its pod may have been removed meanwhile, and could not take a cgroup that held this one.
        String[] names = cgroup.split("/", -1);
        String pod = names.length < 2 ? "" : names[names.length - 2];
        if (!Id.isValid(pod)) {
            return;
        }
        // Under the pod's lock: one that is just being removed has tried its cgroup already, and is
        // still there.
        try (KeyedLock.Held _ = core.inventory().lock(pod)) {
            if (core.inventory().pods().find(pod).isEmpty()) {
                core.ports().cgroups().removePod(core.ports().cgroups().planPod("", pod));
            }
        }
    }

    private void removePod(String id, boolean sameBoot) {
        core.ports()
                .network()
                .detach(
                        new PodNetwork.Request(
                                id,
                                new SandboxMetadata("", "", "", 0),
                                "",
                                List.of(),
                                Map.of(),
                                null,
                                ""));
        if (sameBoot) {
            pods.endHolder(id, Optional.empty());
        }
        pods.detachMemory(id);
        core.ports().cgroups().removePod(core.ports().cgroups().planPod("", id));
        BundleDirectory.delete(core.paths().podMemory(id));
        BundleDirectory.delete(core.paths().pod(id));
    }

    /** The container's own cgroup, never one above it. */
    private String cgroup(String id) {
        return bundles.config(id)
                .map(config -> config.path("linux").path("cgroupsPath").asString(""))
                .filter(path -> path.contains(id))
                .orElse("");
    }

    private static List<String> without(Path directory, Predicate<String> isKnown) {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path each : entries) {
                String id = String.valueOf(each.getFileName());
                if (Id.isValid(id) && !isKnown.test(id)) {
                    found.add(id);
                }
            }
        } catch (NoSuchFileException e) {
            return found;
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("directory", directory)
                    .setCause(e)
                    .log("Orphans cannot be looked for");
        }
        return found;
    }

    private static void attempt(String kind, String id, Runnable work) {
        try {
            work.run();
            LOG.atInfo().addKeyValue(kind, id).log("Removed what no record speaks of");
        } catch (CarafeException e) {
            LOG.atWarn()
                    .addKeyValue(kind, id)
                    .setCause(e)
                    .log("An orphan could not be removed wholly; the next start tries again");
        }
    }
}
