package carafe.shim.child;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.Memory;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Utf8;

/** Files of the working directory, the bundle. */
final class BundleFiles {
    private static final int MAX_SIZE = 4 << 20;
    private static final int MAX_LOG = 64 << 10;

    private final FileCalls files;
    private final Memory memory;

    BundleFiles(FileCalls files, Memory memory) {
        this.files = files;
        this.memory = memory;
    }

    /** Whole content; refused above 4 MiB. */
    byte[] read(String name) throws SyscallException, RefusedException {
        Buffer content = load(name);
        byte[] bytes = new byte[content.size() - 1];
        content.get(0, bytes, 0, bytes.length);
        content.free();
        return bytes;
    }

    /** Whole content in native memory and one zero byte more; refused above 4 MiB. */
    Buffer load(String name) throws SyscallException, RefusedException {
        int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC | FileCalls.O_NONBLOCK;
        int fd = files.open(FileCalls.AT_FDCWD, name, flags, 0);
        try {
            long size = files.status(fd).size();
            if (size > MAX_SIZE) {
                throw new RefusedException("the file is larger than 4 MiB");
            }
            Buffer content = memory.allocate((int) size + 1);
            int got = 0;
            while (got < size) {
                int now = files.read(fd, content, got, (int) size - got);
                if (now <= 0) {
                    throw new RefusedException("the file cannot be read whole");
                }
                got += now;
            }
            return content;
        } finally {
            files.close(fd);
        }
    }

    /** Adds a line to shim.log; a full log or a failure to write is not an error. */
    void note(String line) {
        try {
            int flags =
                    FileCalls.O_WRONLY
                            | FileCalls.O_APPEND
                            | FileCalls.O_CREAT
                            | FileCalls.O_NOFOLLOW
                            | FileCalls.O_CLOEXEC;
            int fd = files.open(FileCalls.AT_FDCWD, "shim.log", flags, 0600);
            byte[] bytes = Utf8.encode(line + "\n");
            if (files.status(fd).size() + bytes.length <= MAX_LOG) {
                int _ = files.write(fd, bytes, 0, bytes.length);
            }
            files.close(fd);
        } catch (SyscallException e) {
            // The log is a convenience; the container goes first.
        }
    }
}
