package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.PidIdentity;
import carafe.linux.Pidfd;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends everything in a cgroup. {@code cgroup.kill} of version 2 does that at one stroke; what is in
 * the cgroup of a version 1 hierarchy only is killed one by one. A process that version 1 has
 * frozen dies when it is thawed, so killing comes first, thawing after it.
 */
final class CgroupKill {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupKill.class);

    private static final int SIGKILL = 9;

    private final CgroupTree tree;
    private final Cgroup cgroup;

    CgroupKill(CgroupTree tree, Cgroup cgroup) {
        this.tree = tree;
        this.cgroup = cgroup;
    }

    void kill() {
        refuseSuicide();
        killUnified();
        for (int pid : cgroup.pids()) {
            killOne(pid);
        }
        thaw();
    }

    private void refuseSuicide() {
        boolean inside =
                tree.ownPlaces().values().stream().anyMatch(p -> p.isWithin(cgroup.path()));
        if (inside) {
            throw new CarafeException.Precondition(
                    "kill cgroup %s: refused, this process is in it".formatted(cgroup.path()));
        }
    }

    private void killUnified() {
        Optional<Path> unified = tree.unified(cgroup.path());
        if (unified.isEmpty()) {
            return;
        }
        try {
            tree.files().write(unified.get().resolve("cgroup.kill"), "1");
        } catch (SyscallException e) {
            if (!CgroupLayout.isMissing(e)) {
                LOG.atWarn().setCause(e).log("cgroup.kill failed, killing one by one");
            }
        }
    }

    private void killOne(int pid) {
        Optional<PidIdentity> process = tree.processes().identify(pid);
        if (process.isEmpty()) {
            return;
        }
        try (Pidfd pidfd = Pidfd.open(process.get(), tree.processes()).orElse(null)) {
            // The pid may have passed to another process since the cgroup was read; the descriptor
            // cannot, so what is true now stays true.
            if (pidfd != null && isInside(pid)) {
                pidfd.send(SIGKILL);
            }
        } catch (SyscallException e) {
            throw new CarafeException.Internal(
                    "kill process " + pid + " of cgroup " + cgroup.path(), e);
        }
    }

    private boolean isInside(int pid) {
        try {
            String text = tree.files().read(Path.of("/proc/" + pid + "/cgroup"));
            return CgroupPlace.parse(text, tree.layout()).values().stream()
                    .anyMatch(p -> p.isWithin(cgroup.path()));
        } catch (SyscallException e) {
            return false;
        }
    }

    void freeze() {
        setFrozen("1", "FROZEN");
    }

    void thaw() {
        setFrozen("0", "THAWED");
    }

    private void setFrozen(String unifiedValue, String v1Value) {
        tree.unified(cgroup.path())
                .ifPresent(directory -> setBelow(directory, "cgroup.freeze", unifiedValue));
        Path v1 = tree.layout().v1().get(Controller.FREEZER);
        // Version 2 freezes what is in its leaf; version 1's own freezer is the older kernels' way
        // and somebody may have used it, so it is always thawed.
        if (v1 != null && (v1Value.equals("THAWED") || tree.layout().unified().isEmpty())) {
            setBelow(v1.resolve(cgroup.path().relative()), "freezer.state", v1Value);
        }
    }

    private void setBelow(Path directory, String file, String value) {
        try {
            tree.files().write(directory.resolve(file), value);
            for (Path below : tree.files().directories(directory)) {
                setBelow(below, file, value);
            }
        } catch (SyscallException e) {
            if (!CgroupLayout.isMissing(e) && !e.is(Errno.EACCES)) {
                throw new CarafeException.Internal(
                        "write " + value + " to " + directory.resolve(file), e);
            }
        }
    }
}
