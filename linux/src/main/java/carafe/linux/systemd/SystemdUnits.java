package carafe.linux.systemd;

import carafe.base.CarafeException;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.CgroupLimits;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.dbus.DbusConnection;
import carafe.linux.dbus.DbusErrorException;
import carafe.linux.dbus.DbusMessage;
import carafe.linux.dbus.DbusObject;
import carafe.linux.dbus.DbusVariant;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The units that Carafe has systemd make, through one conversation over the message bus per
 * operation: a bus or a systemd that was restarted in between is no matter. Thread-safe.
 *
 * <p>Errors: Unavailable when the bus or systemd is not there, Deadline when it does not answer,
 * Precondition when it refuses, Internal for anything that is no D-Bus.
 */
public final class SystemdUnits {
    private static final String SERVICE = "org.freedesktop.systemd1";
    private static final String ROOT = "/org/freedesktop/systemd1";
    private static final DbusObject MANAGER = new DbusObject(SERVICE, ROOT, SERVICE + ".Manager");
    private static final String PROPERTIES = "org.freedesktop.DBus.Properties";
    private static final String NO_SUCH_UNIT = SERVICE + ".NoSuchUnit";
    private static final String UNIT_EXISTS = SERVICE + ".UnitExists";
    private static final String ALREADY_SUBSCRIBED = SERVICE + ".AlreadySubscribed";
    private static final String JOBS =
            "type='signal',sender='%s',interface='%s.Manager',member='JobRemoved',path='%s'"
                    .formatted(SERVICE, SERVICE, ROOT);

    private final Path socket;
    private final Duration deadline;
    private final UnitLimits limits;

    /**
     * @param socket of the system's message bus
     * @param deadline of one operation
     * @param kind decides what a limit is called
     */
    public SystemdUnits(Path socket, Duration deadline, CgroupLayout.Kind kind) {
        this.socket = socket;
        this.deadline = deadline;
        this.limits = new UnitLimits(kind);
    }

    /**
     * A scope to be started.
     *
     * @param slice whose part it is
     * @param description for people
     * @param pid of a process that lives as long as it; systemd moves it in
     */
    public record ScopeRequest(ScopeName name, SliceName slice, String description, int pid) {
        public ScopeRequest {
            if (pid <= 1) {
                throw new IllegalArgumentException("pid " + pid + " is nobody's to move");
            }
        }
    }

    /** systemd's version. */
    public String version() {
        return run(
                "ask systemd for its version",
                bus -> {
                    Object value = property(bus, ROOT, SERVICE + ".Manager", "Version");
                    return String.valueOf(value);
                });
    }

    /**
     * Starts a scope whose cgroups below are ours.
     *
     * @return where its cgroup is
     * @throws CarafeException.Exists when there is one of that name
     */
    public CgroupPath start(ScopeRequest scope) {
        return run(
                "start " + scope.name(),
                bus -> {
                    watchJobs(bus);
                    List<Object> job =
                            bus.call(
                                    MANAGER,
                                    "StartTransientUnit",
                                    "ssa(sv)a(sa(sv))",
                                    List.of(
                                            scope.name().value(),
                                            "fail",
                                            properties(scope),
                                            List.of()));
                    String result = awaitJob(bus, job);
                    if (!result.equals("done")) {
                        throw new CarafeException.Precondition(
                                "start %s: systemd's job ended with \"%s\"; see journalctl -u %s"
                                        .formatted(scope.name(), result, scope.name()));
                    }
                    return controlGroup(bus, scope.name());
                });
    }

    /** Starts a scope, or moves the process into the one of that name that there is already. */
    public CgroupPath join(ScopeRequest scope) {
        try {
            return start(scope);
        } catch (CarafeException.Exists e) {
            attach(scope.name(), scope.pid());
            return controlGroup(scope.name());
        }
    }

    /** Delegate: systemd leaves what is below alone. CollectMode: a failed one goes by itself. */
    private static List<List<Object>> properties(ScopeRequest scope) {
        return List.of(
                List.of("Description", DbusVariant.of(scope.description())),
                List.of("Slice", DbusVariant.of(scope.slice().value())),
                List.of("PIDs", new DbusVariant("au", List.of(scope.pid()))),
                List.of("Delegate", DbusVariant.of(true)),
                List.of("DefaultDependencies", DbusVariant.of(false)),
                List.of("CollectMode", DbusVariant.of("inactive-or-failed")),
                List.of("CPUAccounting", DbusVariant.of(true)),
                List.of("MemoryAccounting", DbusVariant.of(true)),
                List.of("TasksAccounting", DbusVariant.of(true)),
                List.of("IOAccounting", DbusVariant.of(true)));
    }

    private void attach(ScopeName scope, int pid) {
        run(
                "attach process %d to %s".formatted(pid, scope),
                bus -> {
                    bus.call(
                            MANAGER,
                            "AttachProcessesToUnit",
                            "ssau",
                            List.of(scope.value(), "/", List.of(pid)));
                    return true;
                });
    }

    private CgroupPath controlGroup(ScopeName scope) {
        return run("look for " + scope, bus -> controlGroup(bus, scope));
    }

    /** Changes limits of a scope until the next boot; 0 leaves one as it is. */
    public void limit(ScopeName scope, CgroupLimits wanted) {
        List<List<Object>> properties = limits.properties(wanted);
        if (properties.isEmpty()) {
            return;
        }
        run(
                "limit " + scope,
                bus -> {
                    bus.call(
                            MANAGER,
                            "SetUnitProperties",
                            "sba(sv)",
                            List.of(scope.value(), true, properties));
                    return true;
                });
    }

    /** Ends a scope with what is in it and forgets it; none of that name is success. */
    public void stop(ScopeName scope) {
        run(
                "stop " + scope,
                bus -> {
                    watchJobs(bus);
                    try {
                        awaitJob(
                                bus,
                                bus.call(
                                        MANAGER,
                                        "StopUnit",
                                        "ss",
                                        List.of(scope.value(), "replace")));
                    } catch (DbusErrorException e) {
                        if (!e.name().equals(NO_SUCH_UNIT)) {
                            throw e;
                        }
                    }
                    try {
                        bus.call(MANAGER, "ResetFailedUnit", "s", List.of(scope.value()));
                    } catch (DbusErrorException e) {
                        if (!e.name().equals(NO_SUCH_UNIT)) {
                            throw e;
                        }
                    }
                    return true;
                });
    }

    private static void watchJobs(DbusConnection bus) throws IOException {
        bus.subscribe(JOBS);
        try {
            bus.call(MANAGER, "Subscribe", "", List.of());
        } catch (DbusErrorException e) {
            if (!e.name().equals(ALREADY_SUBSCRIBED)) {
                throw e;
            }
        }
    }

    /** The result of a job; it may have ended before its number was told. */
    private static String awaitJob(DbusConnection bus, List<Object> started) throws IOException {
        String job = text(started, 0);
        DbusMessage removed =
                bus.awaitSignal(signal ->
                        signal.member().equals("JobRemoved")
                                && signal.body().size() == 4
                                && job.equals(signal.body().get(1)));
        return text(removed.body(), 3);
    }

    private static CgroupPath controlGroup(DbusConnection bus, ScopeName scope) throws IOException {
        String unit = text(bus.call(MANAGER, "GetUnit", "s", List.of(scope.value())), 0);
        Object path = property(bus, unit, SERVICE + ".Scope", "ControlGroup");
        return CgroupPath.of(String.valueOf(path));
    }

    private static Object property(DbusConnection bus, String path, String face, String name)
            throws IOException {
        DbusObject on = new DbusObject(SERVICE, path, PROPERTIES);
        List<Object> got = bus.call(on, "Get", "ss", List.of(face, name));
        if (got.size() == 1 && got.getFirst() instanceof DbusVariant variant) {
            return variant.value();
        }
        throw new ProtocolException("no value of property " + name);
    }

    private static String text(List<Object> values, int index) throws ProtocolException {
        if (values.size() > index && values.get(index) instanceof String text) {
            return text;
        }
        throw new ProtocolException("an answer of another form: " + values.size() + " values");
    }

    /** Something to be said over the bus. */
    @FunctionalInterface
    private interface Talk<T> {
        T over(DbusConnection bus) throws IOException;
    }

    private <T> T run(String what, Talk<T> talk) {
        try (DbusConnection bus = DbusConnection.open(socket, deadline)) {
            return talk.over(bus);
        } catch (DbusErrorException e) {
            throw refused(what, e);
        } catch (InterruptedIOException e) {
            throw new CarafeException.Deadline(
                    "%s: systemd did not answer: %s".formatted(what, e.getMessage()), e);
        } catch (ProtocolException e) {
            throw new CarafeException.Internal(
                    "%s: what listens on %s is no message bus, or is ill: %s"
                            .formatted(what, socket, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new CarafeException.Unavailable(
                    ("%s: no message bus on %s: %s; start dbus and systemd, or set"
                                    + " cgroup.driver = \"cgroupfs\"")
                            .formatted(what, socket, e.getMessage()),
                    e);
        }
    }

    private static CarafeException refused(String what, DbusErrorException e) {
        String message = "%s: systemd refuses: %s (%s)".formatted(what, e.getMessage(), e.name());
        return e.name().equals(UNIT_EXISTS)
                ? new CarafeException.Exists(message)
                : new CarafeException.Precondition(message, e);
    }
}
