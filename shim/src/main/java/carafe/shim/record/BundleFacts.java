package carafe.shim.record;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import java.util.Arrays;

/** Reads {@link Facts} out of the bundle, which is the working directory. Allocates freely. */
final class BundleFacts {
    private static final int MAX_FILE_BYTES = 4 << 20;
    private static final int MIN_LINE = 64;
    private static final int DEFAULT_LINE = 16 << 10;
    private static final int MAX_LINE = 1 << 20;
    private static final String PROCESS_LIST = "/cgroup.procs";

    private final FileCalls files;

    BundleFacts(FileCalls files) {
        this.files = files;
    }

    Facts read() throws SyscallException, JsonException {
        Json config = parse("config.json");
        Json process = config.get("process");
        Json hooks = config.get("hooks");
        Json shim = parse("shim.json");
        shim.get("version").integer(1, 1);
        Json cgroups = shim.get("cgroups");
        String unified = cgroups.get("unified").string("");
        String memory = cgroups.get("memory").string("");
        String program = shim.get("runtime").get("program").string("");
        // Another runtime runs them itself.
        boolean own = program.isEmpty();
        return new Facts(
                process.get("terminal").isTrue(),
                shim.get("stdin").isTrue(),
                shim.get("stdinOnce").isTrue(),
                (int) shim.get("maxLogLine").integer(MIN_LINE, MAX_LINE, DEFAULT_LINE),
                shim.get("logPath").string(""),
                shim.get("logBase").string(""),
                unified,
                processList(unified, memory, cgroups.get("join")),
                memory,
                (int) cgroups.get("memoryVersion").integer(1, 2, 2),
                own && hooks.get("poststart").size() > 0,
                own && hooks.get("poststop").size() > 0,
                program);
    }

    private static String processList(String unified, String memory, Json join)
            throws JsonException {
        if (!unified.isEmpty()) {
            return unified + PROCESS_LIST;
        }
        if (!memory.isEmpty()) {
            return memory + PROCESS_LIST;
        }
        if (join.size() == 0) {
            return "";
        }
        String tasks = join.elements()[0].string();
        return tasks.substring(0, Math.max(0, tasks.lastIndexOf('/'))) + PROCESS_LIST;
    }

    private Json parse(String name) throws SyscallException, JsonException {
        try {
            return Json.parse(content(name));
        } catch (JsonException e) {
            throw new JsonException(name + ": " + e.getMessage());
        }
    }

    private byte[] content(String name) throws SyscallException, JsonException {
        int flags = FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;
        int fd = files.open(FileCalls.AT_FDCWD, name, flags, 0);
        try {
            long size = files.status(fd).size();
            if (size > MAX_FILE_BYTES) {
                throw new JsonException(size + " bytes, at most " + MAX_FILE_BYTES + " are read");
            }
            byte[] content = new byte[(int) size];
            int done = 0;
            while (done < content.length) {
                int n = files.read(fd, content, done, content.length - done);
                if (n < 0) {
                    throw new SyscallException("read", name, -n);
                }
                if (n == 0) {
                    return Arrays.copyOf(content, done);
                }
                done += n;
            }
            return content;
        } finally {
            files.close(fd);
        }
    }
}
