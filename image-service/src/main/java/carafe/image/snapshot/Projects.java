package carafe.image.snapshot;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.MountInfo;
import carafe.linux.SyscallException;
import carafe.linux.quota.ProjectQuota;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The projects of containers' writable directories, by which their file system counts and limits
 * what they take. Nothing is written down: whose a project is, its directories say; and an id is
 * free when no directory here has it and the file system knows of no file of it, so what a crash
 * left cannot be counted against somebody else. Thread-safe.
 */
final class Projects {
    /** Of directories that belong to none. */
    static final int NONE = 0;

    private static final Logger LOG = LoggerFactory.getLogger(Projects.class);

    private final ProjectQuota quota;
    private final WritableLimit limit;
    private final Set<Integer> used = new HashSet<>();
    private ProjectQuota.State state = ProjectQuota.State.NONE;
    private int last;

    Projects(ProjectQuota quota, WritableLimit limit) {
        this.quota = quota;
        this.limit = limit;
    }

    /**
     * Asks the file system what it can, and says so where that is not what is wanted.
     *
     * @param dir that the writable directories are in
     * @param fd of it, lent
     */
    synchronized void open(Path dir, int fd) {
        if (limit.projects() == 0) {
            return;
        }
        try {
            state = quota.state(fd);
        } catch (SyscallException e) {
            LOG.atWarn().setCause(e).log("The file system of writable layers cannot be asked");
        }
        if (limit.bytes() > 0 && state != ProjectQuota.State.LIMITED) {
            QuotaAdvice advice = QuotaAdvice.of(dir, mounts());
            LOG.atWarn()
                    .addKeyValue("directory", dir)
                    .addKeyValue("todo", advice.remedy())
                    .log(
                            "writable_layers.limit has no effect, because {} does not limit projects",
                            advice.mount());
        }
    }

    private static List<MountInfo> mounts() {
        try {
            return MountInfo.read();
        } catch (SyscallException e) {
            return List.of();
        }
    }

    /** The project of a directory that was there before; it is not given to another one. */
    synchronized int found(int fd) {
        if (state == ProjectQuota.State.NONE) {
            return NONE;
        }
        try {
            int project = quota.project(fd);
            used.add(project);
            return isOurs(project) ? project : NONE;
        } catch (SyscallException e) {
            LOG.atWarn().setCause(e).log("A writable layer's project cannot be read");
            return NONE;
        }
    }

    private boolean isOurs(int project) {
        return Integer.toUnsignedLong(project - limit.firstProject()) < limit.projects();
    }

    /**
     * A project that nothing belongs to, limited; {@link #NONE} where the file system counts none.
     *
     * @param fd of any file on the file system, lent
     * @throws CarafeException.Exhausted when all are in use
     */
    int take(int fd) throws SyscallException {
        if (limit.projects() == 0) {
            return NONE;
        }
        int project = free(fd);
        boolean done = project == NONE;
        try {
            if (!done && state == ProjectQuota.State.LIMITED) {
                // Also without a limit: whoever had the id may have left one.
                quota.limit(fd, project, limit.bytes());
            }
            done = true;
            return project;
        } finally {
            if (!done) {
                forget(project);
            }
        }
    }

    private synchronized int free(int fd) throws SyscallException {
        if (state == ProjectQuota.State.NONE) {
            return NONE;
        }
        for (int i = 0; i < limit.projects(); i++) {
            int project = limit.firstProject() + (last + i) % limit.projects();
            if (!used.contains(project) && quota.taken(fd, project).inodes() == 0) {
                used.add(project);
                last = (last + i + 1) % limit.projects();
                return project;
            }
        }
        throw new CarafeException.Exhausted(
                "all %d project ids from %s on are in use; raise writable_layers.project_ids, or remove containers"
                        .formatted(
                                limit.projects(), Integer.toUnsignedString(limit.firstProject())));
    }

    /** Puts a new, empty directory into a project. */
    void assign(int fd, int project) throws SyscallException {
        if (project != NONE) {
            quota.assign(fd, project);
        }
    }

    /**
     * What a project takes; null when the file system does not count any more.
     *
     * @param fd of any file on the file system, lent
     */
    @Nullable Usage usage(int fd, int project) throws SyscallException {
        if (project == NONE) {
            return null;
        }
        try {
            ProjectQuota.Taken taken = quota.taken(fd, project);
            return new Usage(taken.bytes(), taken.inodes());
        } catch (SyscallException e) {
            if (e.is(Errno.ESRCH) || e.is(Errno.ENOSYS) || e.is(Errno.EINVAL)) {
                return null; // somebody ran quotaoff
            }
            throw e;
        }
    }

    /**
     * The directories of a project are gone.
     *
     * @param fd of any file on the file system, lent
     */
    void give(int fd, int project) {
        if (project == NONE) {
            return;
        }
        try {
            if (state == ProjectQuota.State.LIMITED) {
                quota.limit(fd, project, 0);
            }
        } catch (SyscallException e) {
            LOG.atWarn().setCause(e).log("A project's limit stays until the id is used again");
        } finally {
            forget(project);
        }
    }

    private synchronized void forget(int project) {
        used.remove(project);
    }
}
