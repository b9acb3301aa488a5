package carafe.network.bridge;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Netlink;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The machine's ports with one call that fails, or with a death: a call after which nothing is done
 * any more, as when the daemon is killed there. Thread-safe.
 */
final class FaultyBridgePorts {
    /** Thrown where the daemon would be dead; no undo can do anything after it either. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed(String where) {
            super(where);
        }
    }

    /** What happens at the chosen call. */
    enum Fault {
        NONE,
        FAIL_BEFORE,
        FAIL_AFTER,
        DIE_BEFORE,
        DIE_AFTER
    }

    private static final Set<Class<?>> ON_DISK =
            Set.of(DurableFiles.class, JournalFile.class, JournalFile.Opener.class);

    private final Netlinks netlinks;
    private final PacketFilter filter;
    private final List<String> seen = new ArrayList<>();
    private Fault fault = Fault.NONE;
    private int at;
    private boolean dead;

    FaultyBridgePorts(Netlinks netlinks, PacketFilter filter) {
        this.netlinks = netlinks;
        this.filter = filter;
    }

    /** From now on, at the n-th call, counted from 0. */
    synchronized void plan(Fault what, int n) {
        fault = what;
        at = n;
        dead = false;
        seen.clear();
    }

    /** Whether the planned call was made. */
    synchronized boolean reached() {
        return seen.size() > at;
    }

    synchronized List<String> seen() {
        return List.copyOf(seen);
    }

    BridgePorts ports() {
        Netlinks wrapped =
                new Netlinks() {
                    @Override
                    public Netlink node() throws SyscallException {
                        return faulty(Netlink.class, netlinks.node());
                    }

                    @Override
                    public Netlink pod(String podId) throws SyscallException {
                        return faulty(Netlink.class, netlinks.pod(podId));
                    }

                    @Override
                    public carafe.linux.Fd namespace(java.nio.file.Path path)
                            throws SyscallException {
                        return netlinks.namespace(path);
                    }
                };
        return new BridgePorts(
                faulty(Netlinks.class, wrapped),
                faulty(NodeSettings.class, NodeSettings.ofNode()),
                faulty(PacketFilter.class, filter),
                faulty(DurableFiles.class, new DiskFiles()),
                faulty(
                        JournalFile.Opener.class,
                        path -> faulty(JournalFile.class, JournalFile.onDisk(path))),
                _ -> {});
    }

    private <T> T faulty(Class<T> port, T real) {
        Function<String, Exception> failure =
                ON_DISK.contains(port)
                        ? IOException::new
                        : port == PacketFilter.class
                                ? CarafeException.Unavailable::new
                                : what -> new SyscallException(what, "", Errno.EIO);
        return port.cast(
                Proxy.newProxyInstance(
                        port.getClassLoader(),
                        new Class<?>[] {port},
                        (_, method, arguments) -> {
                            Call call = () -> method.invoke(real, arguments);
                            String name = method.getName();
                            return name.equals("close") || name.equals("problem")
                                    ? call(call)
                                    : at(port.getSimpleName() + "." + name, call, failure);
                        }));
    }

    private interface Call {
        Object run() throws ReflectiveOperationException;
    }

    private Object at(String what, Call call, Function<String, Exception> failure)
            throws Exception {
        Fault now;
        synchronized (this) {
            if (dead) {
                throw new Killed(what);
            }
            now = seen.size() == at ? fault : Fault.NONE;
            seen.add(what);
            dead = now == Fault.DIE_BEFORE;
        }
        return switch (now) {
            case NONE -> call(call);
            case FAIL_BEFORE -> throw failure.apply(what);
            case DIE_BEFORE -> throw new Killed(what);
            case FAIL_AFTER -> {
                Object _ = call(call);
                throw failure.apply(what);
            }
            case DIE_AFTER -> {
                try {
                    Object _ = call(call);
                } catch (IOException e) {
                    // The daemon is dead, whatever it was told.
                }
                die();
                throw new Killed(what);
            }
        };
    }

    private synchronized void die() {
        dead = true;
    }

    private static Object call(Call call) throws Exception {
        try {
            return call.run();
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
