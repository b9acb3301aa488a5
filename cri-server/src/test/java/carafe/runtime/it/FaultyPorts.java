package carafe.runtime.it;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.image.ImageService;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.cgroup.CgroupFiles;
import carafe.runtime.fake.Faults;
import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.HostPaths;
import carafe.runtime.port.PodNetwork;
import carafe.runtime.port.ShimException;
import carafe.runtime.port.Shims;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;

/** This machine's ports, the n-th call of all of them together made to fail. Thread-safe. */
final class FaultyPorts {
    /** Calls that only look, or that have no way to say that they failed. */
    private static final Set<String> SPARED =
            Set.of("container", "problem", "watch", "pids", "exitRecord", "podProcess", "exists");

    private final Faults faults;

    FaultyPorts(Faults faults) {
        this.faults = faults;
    }

    Shims shims(Shims real) {
        return wrap(Shims.class, real, what -> new ShimException.Failed("fault", "", 5, what));
    }

    PodNetwork network(PodNetwork real) {
        return wrap(PodNetwork.class, real, CarafeException.Internal::new);
    }

    ImageService images(ImageService real) {
        return wrap(ImageService.class, real, CarafeException.Internal::new);
    }

    HostPaths hostPaths(HostPaths real) {
        return wrap(HostPaths.class, real, CarafeException.Unavailable::new);
    }

    DurableFiles files(DurableFiles real) {
        return wrap(DurableFiles.class, real, IOException::new);
    }

    CgroupFiles cgroups(CgroupFiles real) {
        return wrap(CgroupFiles.class, real, what -> new SyscallException(what, "", Errno.EIO));
    }

    private <T> T wrap(Class<T> port, T real, Faults.Failure<? extends Exception> failure) {
        InvocationHandler handler =
                (_, method, arguments) -> {
                    if (SPARED.contains(method.getName())
                            || method.getDeclaringClass() == Object.class) {
                        return wrapped(call(real, method, arguments), failure);
                    }
                    String what = port.getSimpleName() + "." + method.getName();
                    return faults.run(what, () -> call(real, method, arguments), failure::of);
                };
        return port.cast(
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler));
    }

    /** A container's shim is a port of its own. */
    private Object wrapped(Object result, Faults.Failure<? extends Exception> failure) {
        return result instanceof ContainerShim shim
                ? wrap(ContainerShim.class, shim, failure)
                : result;
    }

    private static Object call(Object real, Method method, Object[] arguments) throws Exception {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
