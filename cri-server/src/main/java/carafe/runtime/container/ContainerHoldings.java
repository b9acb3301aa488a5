package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.Processes;
import carafe.runtime.port.ShimException;
import carafe.runtime.state.Core;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends and gives back what a container holds, each part idempotent and by itself. */
public final class ContainerHoldings {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerHoldings.class);
    private static final Duration ASK = Duration.ofSeconds(5);
    private static final Duration END = Duration.ofSeconds(10);

    private final Core core;
    private final ContainerBundle bundles;

    public ContainerHoldings(Core core, ContainerBundle bundles) {
        this.core = core;
        this.bundles = bundles;
    }

    /**
     * Everything: shim and processes, cgroup, root file system, bundle.
     *
     * @param bootId the run of the machine that its processes belong to
     * @param cgroup empty = none was made
     */
    public void release(String id, String bootId, String cgroup) {
        // A pid of an earlier run of the machine could by now be anybody's.
        if (bootId.equals(core.ports().processes().bootId())) {
            endShim(id);
        }
        if (!cgroup.isEmpty()) {
            removeCgroup(cgroup);
        }
        releaseRootfs(id);
        bundles.delete(id);
    }

    /** Ends init and shim, by asking if possible, and waits until both are gone. */
    void endShim(String id) {
        ContainerShim shim = core.ports().shims().container(core.paths().container(id));
        Optional<ContainerShim.Pids> pids = shim.pids();
        if (pids.isEmpty()) {
            return;
        }
        boolean patient = core.ports().processes().isAlive(pids.get().control()) && ask(id, shim);
        endProcess(id, pids.get().control(), patient);
        endProcess(id, pids.get().init(), patient);
        core.ports().steps().reached("container.end.shim");
    }

    /** What is left in it is killed. */
    void removeCgroup(String cgroup) {
        core.ports().cgroups().remove(cgroup);
        core.ports().steps().reached("container.end.cgroup");
    }

    /** Also of the images that it mounted. */
    void releaseRootfs(String id) {
        new ImageMounts(core.ports().images()).release(id);
        core.ports().images().release(id);
        core.ports().steps().reached("container.end.rootfs");
    }

    /** Whether the shim has understood and will end by itself. */
    private static boolean ask(String id, ContainerShim shim) {
        try {
            shim.killAll(ASK);
        } catch (ShimException e) {
            LOG.atDebug().addKeyValue("container", id).setCause(e).log("The shim is killed");
            return false;
        }
        try {
            shim.delete(ASK);
        } catch (ShimException.Late e) {
            LOG.atDebug().addKeyValue("container", id).setCause(e).log("The shim is killed");
            return false;
        } catch (ShimException e) {
            // Gone is what was wanted; Failed means that init is still being reaped.
            LOG.atTrace().addKeyValue("container", id).setCause(e).log("The shim ends by itself");
        }
        return true;
    }

    private void endProcess(String id, ProcessId process, boolean patient) {
        Processes processes = core.ports().processes();
        if (!processes.isAlive(process)) {
            return;
        }
        CountDownLatch ended = new CountDownLatch(1);
        try (Processes.Watch _ = processes.onExit(process, ended::countDown)) {
            if (patient && ended.await(ASK.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            processes.kill(process);
            if (!ended.await(END.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new CarafeException.Deadline(
                        "process %d of container %s has not ended within %s of SIGKILL"
                                .formatted(process.pid(), id, END));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Deadline("interrupted while container " + id + " ended", e);
        }
    }
}
