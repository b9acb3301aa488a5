package carafe.shim.sys;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A kernel for tests on a JVM: writes down every call, hands out descriptors and knows which are
 * open, and lets the n-th call fail. What a call returns can be scripted by its name; else it is 0,
 * a new descriptor, or an empty file's status.
 */
public final class RecordingSyscalls {
    /** Thrown by exit, which does not return. */
    public static final class Exited extends Error {
        private static final long serialVersionUID = 1L;
        private final int code;

        Exited(int code) {
            super("exit " + code);
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /** What a call answers. */
    public interface Answer {
        /** Null = as if nothing were scripted. */
        @Nullable Object to(Object[] arguments);
    }

    private static final Set<String> OPENING =
            Set.of(
                    "open",
                    "openResolved",
                    "duplicateFrom",
                    "openFileSystem",
                    "mountFileSystem",
                    "openTree",
                    "socket",
                    "openPidfd",
                    "openTerminalPeer",
                    "accept",
                    "signalDescriptor",
                    "eventDescriptor",
                    "timer",
                    "watchDescriptor");

    private final List<String> calls = new ArrayList<>();
    private final TreeSet<Integer> open = new TreeSet<>(List.of(0, 1, 2));
    private final Map<Integer, String> paths = new HashMap<>();
    private final Map<String, byte[]> contents = new HashMap<>();
    private final Map<Integer, Integer> positions = new HashMap<>();
    private final Map<Integer, List<byte[]>> written = new HashMap<>();
    private final Map<String, Answer> answers = new HashMap<>();
    private int failAt = Integer.MAX_VALUE;
    private int failWith;
    private int failable;

    /** The n-th call that can fail (from 1 on) fails with the error number. */
    public RecordingSyscalls failAt(int n, int errno) {
        failAt = n;
        failWith = errno;
        return this;
    }

    /** Gives a file of this path its content. */
    public RecordingSyscalls file(String path, byte[] content) {
        contents.put(path, content);
        return this;
    }

    public RecordingSyscalls answer(String call, Answer answer) {
        answers.put(call, answer);
        return this;
    }

    /** Whether the call that should fail was reached. */
    public boolean hasFailed() {
        return failable >= failAt;
    }

    /** Every call as {@code name[arguments]}. */
    public List<String> calls() {
        return calls;
    }

    /** Names only. */
    public List<String> names() {
        return calls.stream().map(c -> c.substring(0, c.indexOf('['))).toList();
    }

    public Set<Integer> open() {
        return open;
    }

    /** What was written to a descriptor, write by write. */
    public List<byte[]> written(int fd) {
        return written.getOrDefault(fd, List.of());
    }

    public Syscalls syscalls() {
        return new Syscalls(
                proxy(FileCalls.class),
                proxy(ProcessCalls.class),
                proxy(CredentialCalls.class),
                proxy(MountCalls.class),
                proxy(SocketCalls.class),
                proxy(WaitCalls.class),
                new TestMemory());
    }

    private <T> T proxy(Class<T> type) {
        InvocationHandler handler = (self, method, arguments) -> call(method, arguments);
        Class<?>[] types = {type};
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), types, handler));
    }

    private @Nullable Object call(Method method, Object @Nullable [] given) throws Throwable {
        Object[] arguments = given == null ? new Object[0] : given;
        String name = method.getName();
        calls.add(name + show(arguments));
        if (name.equals("exit")) {
            throw new Exited((Integer) arguments[0]);
        }
        boolean throwing =
                Arrays.asList(method.getExceptionTypes()).contains(SyscallException.class);
        boolean counting = !throwing && method.getReturnType() == int.class;
        if ((throwing || counting) && ++failable == failAt) {
            if (throwing) {
                throw new SyscallException(name, "", failWith);
            }
            return -failWith;
        }
        Answer answer = answers.get(name);
        Object scripted = answer == null ? null : answer.to(arguments);
        return scripted == null ? standard(method, arguments) : scripted;
    }

    private @Nullable Object standard(Method method, Object[] arguments) {
        String name = method.getName();
        if (OPENING.contains(name)) {
            int fd = newDescriptor();
            if (arguments.length > 1 && arguments[1] instanceof String path) {
                paths.put(fd, path);
            }
            return fd;
        }
        return switch (name) {
            case "pipe", "pair" -> newDescriptor() | ((long) newDescriptor() << 32);
            case "close" -> close((Integer) arguments[0], (Integer) arguments[0]);
            case "closeRange" -> close((Integer) arguments[0], (Integer) arguments[1]);
            case "duplicateTo" -> take((Integer) arguments[1]);
            case "read" -> read(arguments);
            case "write" -> write(arguments);
            case "status" -> status(arguments);
            case "readLink" -> "";
            case "workingDirectory" -> "/";
            case "strings" -> new TestMemory().allocate(8);
            case "fileSystemMessage" -> "";
            default -> zero(method.getReturnType());
        };
    }

    private int newDescriptor() {
        int fd = 3;
        while (open.contains(fd)) {
            fd++;
        }
        open.add(fd);
        positions.put(fd, 0);
        return fd;
    }

    private @Nullable Object take(int fd) {
        open.add(fd);
        return null;
    }

    private @Nullable Object close(int first, int last) {
        if (first < 0) {
            return null;
        }
        open.subSet(first, true, last < 0 ? Integer.MAX_VALUE : last, true).clear();
        return null;
    }

    private int read(Object[] arguments) {
        int fd = (Integer) arguments[0];
        byte[] content = contents.getOrDefault(paths.getOrDefault(fd, ""), new byte[0]);
        int at = positions.getOrDefault(fd, 0);
        int length = Math.min((Integer) arguments[3], content.length - at);
        if (arguments[1] instanceof Buffer buffer) {
            buffer.put((Integer) arguments[2], content, at, length);
        } else {
            System.arraycopy(content, at, arguments[1], (Integer) arguments[2], length);
        }
        positions.put(fd, at + length);
        return length;
    }

    private int write(Object[] arguments) {
        int length = (Integer) arguments[3];
        byte[] bytes = new byte[length];
        if (arguments[1] instanceof Buffer buffer) {
            buffer.get((Integer) arguments[2], bytes, 0, length);
        } else {
            System.arraycopy(arguments[1], (Integer) arguments[2], bytes, 0, length);
        }
        written.computeIfAbsent((Integer) arguments[0], fd -> new ArrayList<>()).add(bytes);
        return length;
    }

    private FileStatus status(Object[] arguments) {
        String path =
                arguments.length == 1
                        ? paths.getOrDefault((Integer) arguments[0], "")
                        : (String) arguments[1];
        byte[] content = contents.get(path);
        int mode =
                path.endsWith("null")
                        ? FileStatus.CHARACTER | 0666
                        : content == null ? FileStatus.DIRECTORY | 0755 : FileStatus.REGULAR | 0644;
        long size = content == null ? 0 : content.length;
        return new FileStatus(mode, 0, 0, 1, 1, size, 1, 3, 1);
    }

    private static @Nullable Object zero(Class<?> type) {
        if (type == int.class) {
            return 0;
        }
        if (type == long.class) {
            return 0L;
        }
        return type == boolean.class ? Boolean.FALSE : null;
    }

    private static String show(Object[] arguments) {
        List<String> texts = new ArrayList<>();
        for (Object argument : arguments) {
            texts.add(
                    argument instanceof byte[] bytes
                            ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                            : "" + argument);
        }
        return texts.toString();
    }
}
