package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes one controller's files of one cgroup and sorts the kernel's refusals: what this machine
 * cannot do is reported, what the caller asked wrongly is thrown.
 */
final class LimitWriter {
    private final CgroupFiles files;
    private final LimitSink sink;
    private final Path directory;
    private final int version;
    private final List<Degradation> degradations;

    /**
     * @param sink takes every write
     * @param version 1 or 2: whose files the directory has
     * @param degradations is added to
     */
    LimitWriter(
            CgroupFiles files,
            LimitSink sink,
            Path directory,
            int version,
            List<Degradation> degradations) {
        this.files = files;
        this.sink = sink;
        this.directory = directory;
        this.version = version;
        this.degradations = degradations;
    }

    boolean isV2() {
        return version == 2;
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    boolean has(String name) {
        return files.exists(file(name));
    }

    /** The file's text without white space around it. */
    String read(String name) {
        try {
            return files.read(file(name)).strip();
        } catch (SyscallException e) {
            throw failure(name, e);
        }
    }

    /** A number out of a file; {@code max} is {@link Long#MAX_VALUE}. */
    long readNumber(String name) {
        String text = read(name);
        try {
            return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CarafeException.Internal(
                    file(name) + " holds \"" + text + "\" instead of a number", e);
        }
    }

    /** Sets a value without which the container must not run. */
    void require(String name, String value) {
        try {
            sink.write(file(name), value);
        } catch (SyscallException e) {
            if (isForbidden(e)) {
                degrade(name, value, String.valueOf(e.getMessage()));
            } else {
                throw failure(name, e);
            }
        }
    }

    /** The same for several values of one file. */
    void requireEach(String name, List<String> values) {
        try {
            sink.writeEach(file(name), values);
        } catch (SyscallException e) {
            // One by one: each that is forbidden is told, and the others are set.
            values.forEach(value -> require(name, value));
        }
    }

    /** Sets a value that this kernel may not know. */
    void prefer(String name, String value) {
        try {
            sink.write(file(name), value);
        } catch (SyscallException e) {
            if (isForbidden(e) || CgroupLayout.isMissing(e) || e.is(Errno.EOPNOTSUPP)) {
                degrade(name, value, String.valueOf(e.getMessage()));
            } else {
                throw failure(name, e);
            }
        }
    }

    /** Sets a value that was asked for by the file's name: nothing is made light of. */
    void exactly(String name, String value) {
        try {
            sink.write(file(name), value);
        } catch (SyscallException e) {
            if (isForbidden(e)) {
                throw new CarafeException.Precondition(
                        "%s must not be written here: %s".formatted(file(name), e.getMessage()), e);
            }
            throw failure(name, e);
        }
    }

    /**
     * Sets a list that must lie within the parent's; the kernel answers EACCES when it does not.
     */
    void within(String name, String value) {
        try {
            sink.write(file(name), value);
        } catch (SyscallException e) {
            if (e.is(Errno.EACCES)) {
                throw new CarafeException.Invalid(
                        "%s \"%s\" is not within what the cgroup above it allows: %s"
                                .formatted(name, value, e.getMessage()),
                        e);
            }
            if (isForbidden(e) || CgroupLayout.isMissing(e)) {
                degrade(name, value, String.valueOf(e.getMessage()));
            } else {
                throw failure(name, e);
            }
        }
    }

    void degrade(String name, String value, String why) {
        degradations.add(new Degradation(file(name).toString(), value, why));
    }

    private static boolean isForbidden(SyscallException e) {
        return e.is(Errno.EPERM) || e.is(Errno.EACCES) || e.is(Errno.EROFS);
    }

    private CarafeException failure(String name, SyscallException e) {
        String message = e.getMessage();
        return switch (e.errno()) {
            case Errno.EINVAL, Errno.ERANGE ->
                    new CarafeException.Invalid("the kernel refuses this limit: " + message, e);
            case Errno.EBUSY ->
                    new CarafeException.Precondition(
                            "the cgroup uses more than this limit now: " + message, e);
            case Errno.ENOSPC, Errno.ENOMEM ->
                    new CarafeException.Exhausted("the kernel has no room left: " + message, e);
            case Errno.ENOENT ->
                    new CarafeException.Precondition(
                            "%s is not there: its cgroup was removed, or the controller is not"
                                            .formatted(file(name))
                                    + " enabled in the cgroup above it",
                            e);
            case Errno.ENODEV ->
                    new CarafeException.NotFound("cgroup " + directory + " was removed", e);
            default -> new CarafeException.Internal("set a cgroup limit: " + message, e);
        };
    }
}
