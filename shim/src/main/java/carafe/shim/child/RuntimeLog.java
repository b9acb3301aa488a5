package carafe.shim.child;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.util.Arrays;

/**
 * What an OCI runtime says with {@code --log-format json}: an object a line. Only the end of the
 * file is read, so that a program that talks a lot costs nothing.
 */
final class RuntimeLog {
    private static final int MAX_BYTES = 32 << 10;
    private static final int MAX_WORDS = 900;

    private final Syscalls sys;
    private final String name;

    /**
     * @param name of a file in the working directory
     */
    RuntimeLog(Syscalls sys, String name) {
        this.sys = sys;
        this.name = name;
    }

    String name() {
        return name;
    }

    void delete() {
        try {
            sys.files().unlink(FileCalls.AT_FDCWD, name, 0);
        } catch (SyscallException e) {
            // There is none, or it goes with the bundle.
        }
    }

    /**
     * The message of the last error in one line of at most 900 characters; empty = there is none.
     */
    String lastError() {
        byte[] content = end();
        String found = "";
        int start = 0;
        for (int i = 0; i <= content.length; i++) {
            if (i == content.length || content[i] == '\n') {
                String error = error(Arrays.copyOfRange(content, start, i));
                found = error.isEmpty() ? found : error;
                start = i + 1;
            }
        }
        String line = found.replace('\n', ' ').trim();
        return line.length() <= MAX_WORDS ? line : line.substring(0, MAX_WORDS) + " ...";
    }

    private static String error(byte[] line) {
        try {
            Json entry = Json.parse(line);
            String level = entry.get("level").string("");
            return level.equals("error") || level.equals("fatal")
                    ? entry.get("msg").string("")
                    : "";
        } catch (JsonException e) {
            // The first line may be the rest of one that was too long to be read.
            return "";
        }
    }

    private byte[] end() {
        try {
            int flags = FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;
            int fd = sys.files().open(FileCalls.AT_FDCWD, name, flags, 0);
            try {
                long size = sys.files().status(fd).size();
                if (size > MAX_BYTES) {
                    sys.files().seek(fd, size - MAX_BYTES, FileCalls.SEEK_SET);
                }
                return read(fd, (int) Math.min(size, MAX_BYTES));
            } finally {
                sys.files().close(fd);
            }
        } catch (SyscallException e) {
            return new byte[0];
        }
    }

    private byte[] read(int fd, int size) {
        byte[] content = new byte[size];
        int got = 0;
        while (got < size) {
            int n = sys.files().read(fd, content, got, size - got);
            if (n <= 0) {
                return Arrays.copyOf(content, got);
            }
            got += n;
        }
        return content;
    }
}
