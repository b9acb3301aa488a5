package carafe.image.snapshot;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import carafe.linux.fs.TreeUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories that containers write into, on the disk: an upper and a work directory for each,
 * of one project where the file system has such, and the record of whose they are. Thread-safe.
 */
final class WritableDirs {
    private static final Logger LOG = LoggerFactory.getLogger(WritableDirs.class);
    private static final String UPPER = "fs";
    private static final String WORK = "work";
    private static final String OWNER = "owner";

    private final StoreDir dir;
    private final Projects projects;
    private final Set<String> making = new HashSet<>();

    WritableDirs(StoreDir dir, Projects projects) {
        this.dir = dir;
        this.projects = projects;
    }

    /**
     * One container's.
     *
     * @param project {@link Projects#NONE} where there is none
     */
    record Made(String name, int project) {}

    /** Directories of earlier daemons. */
    record Found(Made made, OwnerRecord owner) {}

    /** All that are whole; others are set aside. */
    List<Found> load() throws SyscallException {
        try (RootDir root = dir.root()) {
            projects.open(dir.path(""), root.fd());
        }
        List<Found> found = new ArrayList<>();
        for (String name : dir.children()) {
            Optional<OwnerRecord> owner = readOwner(name);
            if (owner.isPresent()) {
                found.add(new Found(new Made(name, project(name)), owner.get()));
            } else {
                LOG.atWarn()
                        .addKeyValue("directory", dir.path(name))
                        .log("A snapshot without a readable owner is set aside");
                dir.retire(name);
            }
        }
        return found;
    }

    private Optional<OwnerRecord> readOwner(String name) {
        try {
            return OwnerRecord.read(dir.readRecord(name, OWNER));
        } catch (SyscallException e) {
            return Optional.empty();
        }
    }

    private int project(String name) throws SyscallException {
        try (RootDir root = dir.root();
                RootDir upper = root.descend(RawNames.of(name + "/" + UPPER))) {
            return projects.found(upper.fd());
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT)) {
                return Projects.NONE;
            }
            throw e;
        }
    }

    /**
     * Makes a container's.
     *
     * @param rootOwner layer whose root directory the upper one is to look like
     */
    Made make(OwnerRecord owner, Layer rootOwner) throws SyscallException {
        String made;
        synchronized (this) {
            made = dir.make();
            making.add(made);
        }
        int project = Projects.NONE;
        boolean done = false;
        try {
            project = takeProject();
            fill(made, project, rootOwner);
            dir.writeRecord(made, OWNER, owner.write());
            String name = dir.complete(made);
            done = true;
            return new Made(name, project);
        } finally {
            if (!done) {
                dir.deleteQuietly(made);
                giveProject(project);
            }
            synchronized (this) {
                making.remove(made);
            }
        }
    }

    private int takeProject() throws SyscallException {
        try (RootDir root = dir.root()) {
            return projects.take(root.fd());
        }
    }

    /** After the directories that have it are gone. */
    private void giveProject(int project) {
        try (RootDir root = dir.root()) {
            projects.give(root.fd(), project);
        } catch (SyscallException e) {
            LOG.atWarn().setCause(e).log("A project id cannot be given back before the next start");
        }
    }

    private void fill(String made, int project, Layer rootOwner) throws SyscallException {
        FileCalls calls = dir.calls();
        try (RootDir root = dir.root();
                RootDir self = root.descend(RawNames.of(made))) {
            calls.mkdirat(self.fd(), RawNames.of(WORK), 0700);
            calls.mkdirat(self.fd(), RawNames.of(UPPER), 0700);
            try (RootDir upper = self.descend(RawNames.of(UPPER));
                    RootDir work = self.descend(RawNames.of(WORK));
                    RootDir image = RootDir.open(calls, rootOwner.fs())) {
                // Both, or renames between them fail; while empty, so that all inherits it.
                projects.assign(upper.fd(), project);
                projects.assign(work.fd(), project);
                Metadata.copy(calls, image.fd(), upper.fd());
            }
        }
    }

    Path upper(Made made) {
        return path(made).resolve(UPPER);
    }

    Path work(Made made) {
        return path(made).resolve(WORK);
    }

    /** What both are in. */
    Path path(Made made) {
        return dir.path(made.name());
    }

    /** Deletes them with all that is in them; refuses when something is mounted inside. */
    void delete(Made made) throws SyscallException {
        dir.delete(made.name());
        giveProject(made.project());
    }

    /** What is in them: in both where the file system counts it, else in the upper one. */
    Usage usage(Made made) throws SyscallException {
        try (RootDir root = dir.root();
                var upper =
                        root.open(
                                RawNames.of(made.name() + "/" + UPPER),
                                OpenHow.DIRECTORY_NO_LINKS)) {
            Usage counted = projects.usage(root.fd(), made.project());
            if (counted != null) {
                return counted;
            }
            TreeUsage.Total total = TreeUsage.of(dir.calls(), upper.number());
            return new Usage(total.bytes(), total.inodes());
        }
    }

    /**
     * Deletes what crashes left behind.
     *
     * @param failures receives what could not be deleted and why
     * @return how many are gone
     */
    int sweep(List<String> failures) {
        return dir.sweep(leftovers(failures), failures);
    }

    private synchronized List<String> leftovers(List<String> failures) {
        try {
            return dir.leftovers().stream().filter(name -> !making.contains(name)).toList();
        } catch (SyscallException e) {
            failures.add("list leftovers: " + e.getMessage());
            return List.of();
        }
    }
}
