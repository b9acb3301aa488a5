package carafe.shim.child;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import java.util.List;

/** Makes new file systems as detached mounts. */
final class FileSystems {
    private final FileCalls files;
    private final MountCalls mounts;

    FileSystems(FileCalls files, MountCalls mounts) {
        this.files = files;
        this.mounts = mounts;
    }

    /** Adds the option that gives all files one SELinux context, to types that take it. */
    static void label(String type, String context, List<String> options) {
        if (!context.isEmpty() && (type.equals("tmpfs") || type.equals("devpts"))) {
            options.add("context=" + context);
        }
    }

    /**
     * Makes one.
     *
     * @param source what mountinfo shows, empty = the type
     * @param options {@code key} or {@code key=value}
     * @param attributes ATTR_ bits of the mount
     * @return descriptor of the detached mount
     */
    int make(String type, String source, List<String> options, long attributes)
            throws SyscallException, RefusedException {
        int context = mounts.openFileSystem(type);
        try {
            mounts.configure(context, "source", source.isEmpty() ? type : source);
            for (String option : options) {
                int equals = option.indexOf('=');
                if (equals < 0) {
                    mounts.configureFlag(context, option);
                } else {
                    String value = option.substring(equals + 1);
                    mounts.configure(context, option.substring(0, equals), value);
                }
            }
            mounts.createFileSystem(context);
            return mounts.mountFileSystem(context, attributes);
        } catch (SyscallException e) {
            String message = mounts.fileSystemMessage(context);
            if (message.isEmpty()) {
                throw e;
            }
            throw new RefusedException(e.getMessage() + " (" + message + ")");
        } finally {
            files.close(context);
        }
    }
}
