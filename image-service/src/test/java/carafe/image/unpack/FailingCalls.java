package carafe.image.unpack;

import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/** The real kernel, except that call number n fails. */
final class FailingCalls {
    private final AtomicLong count = new AtomicLong();
    private final long failing;
    private final int errno;
    private volatile String failed = "";

    FailingCalls(long failing, int errno) {
        this.failing = failing;
        this.errno = errno;
    }

    /** Name of the call that was made to fail; empty when there were fewer calls. */
    String failed() {
        return failed;
    }

    FileCalls calls() {
        FileCalls real = FileCalls.linux();
        return (FileCalls)
                Proxy.newProxyInstance(
                        FileCalls.class.getClassLoader(),
                        new Class<?>[] {FileCalls.class},
                        (_, method, args) -> {
                            boolean mayFail =
                                    Arrays.asList(method.getExceptionTypes())
                                            .contains(SyscallException.class);
                            if (mayFail && count.incrementAndGet() == failing) {
                                failed = method.getName();
                                throw new SyscallException(failed, "injected", errno);
                            }
                            if (method.getName().endsWith("sync")
                                    || "syncfs".equals(method.getName())) {
                                return null; // hundreds of rounds need not wait for the disk
                            }
                            try {
                                return method.invoke(real, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }
}
