package carafe.testkit.systemd;

import carafe.linux.dbus.DbusMessage;
import carafe.linux.dbus.DbusVariant;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A message bus with a systemd on it that does as it is told: keeps scopes as names, answers and
 * signals as the real one does, and misbehaves where a test wants it to. Thread-safe. Owns its
 * socket and threads until {@link #close}.
 */
public final class ScriptedSystemd implements AutoCloseable {
    private static final String SYSTEMD = "org.freedesktop.systemd1";
    private static final String ROOT = "/org/freedesktop/systemd1";

    private final Path path;
    private final ServerSocketChannel server;
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Fault> faults = new ConcurrentHashMap<>();
    private final Map<String, String> scopes = new ConcurrentHashMap<>();
    private final AtomicInteger jobs = new AtomicInteger();
    private final World world;
    private volatile String jobResult = "done";

    /**
     * A call that came.
     *
     * @param body see {@link DbusMessage}
     */
    public record Call(String member, List<Object> body) {}

    /** What goes wrong with a call. */
    public sealed interface Fault {
        /** An error answer. */
        record Refusal(String name, String text) implements Fault {}

        /** No answer at all. */
        record Silence() implements Fault {}

        /** Some bytes instead of an answer, two hexadecimal digits each. */
        record Garbage(String hex) implements Fault {}

        /** The end of the connection. */
        record HangUp() implements Fault {}
    }

    /** What systemd does to the machine. */
    public interface World {
        /** Nothing. */
        World NOWHERE =
                new World() {
                    @Override
                    public void started(String cgroup, List<Integer> pids) {}

                    @Override
                    public void stopped(String cgroup) {}
                };

        /** A scope has its cgroup and these processes are in it. */
        void started(String cgroup, List<Integer> pids) throws IOException;

        /** A scope is to be gone. */
        void stopped(String cgroup) throws IOException;
    }

    /**
     * Listens.
     *
     * @param path of the socket, below a short directory
     */
    public ScriptedSystemd(Path path, World world) throws IOException {
        this.path = path;
        this.world = world;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread.ofVirtual().name("systemd").start(this::accept);
    }

    public Path path() {
        return path;
    }

    /** Calls to systemd in order, those that only arrange the conversation left out. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /** Names of the scopes that there are. */
    public List<String> scopes() {
        return scopes.keySet().stream().sorted().toList();
    }

    /** The scopes end by themselves, as those do whose last process has ended. */
    public void scopesEnd() {
        scopes.clear();
    }

    /** Calls of this name go wrong from now on. */
    public void fail(String member, Fault fault) {
        faults.put(member, fault);
    }

    /** Nothing goes wrong any more. */
    public void heal() {
        faults.clear();
        jobResult = "done";
    }

    /** How jobs end from now on. */
    public void jobsEnd(String result) {
        jobResult = result;
    }

    private void accept() {
        try {
            while (server.isOpen()) {
                SocketChannel client = server.accept();
                open.add(client);
                Thread.ofVirtual().name("systemd client").start(() -> serve(client));
            }
        } catch (IOException e) {
            // The test is over.
            return;
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            new Conversation(client).run();
        } catch (IOException e) {
            // The client has left.
            return;
        } finally {
            open.remove(client);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel each : open) {
            each.close();
        }
        Files.deleteIfExists(path);
    }

    /** One client. */
    private final class Conversation {
        private final BusSide bus;

        Conversation(SocketChannel client) {
            this.bus = new BusSide(client);
        }

        void run() throws IOException {
            bus.authenticate();
            while (true) {
                DbusMessage call = bus.read();
                boolean setup =
                        List.of("Hello", "AddMatch", "Subscribe", "GetUnit", "Get")
                                .contains(call.member());
                if (!setup) {
                    calls.add(new Call(call.member(), call.body()));
                }
                Fault fault = faults.get(call.member());
                if (fault == null) {
                    answer(call);
                } else if (!misbehave(call, fault)) {
                    return;
                }
            }
        }

        /** Whether the conversation goes on. */
        private boolean misbehave(DbusMessage call, Fault fault) throws IOException {
            return switch (fault) {
                case Fault.Refusal(String name, String text) -> {
                    bus.error(call, name, text);
                    yield true;
                }
                case Fault.Silence() -> true;
                case Fault.Garbage(String hex) -> {
                    bus.write(HexFormat.of().parseHex(hex));
                    yield true;
                }
                case Fault.HangUp() -> false;
            };
        }

        private void answer(DbusMessage call) throws IOException {
            switch (call.member()) {
                case "Hello" -> bus.reply(call, "s", List.of(":1.7"));
                case "StartTransientUnit" -> start(call);
                case "StopUnit" -> stop(call);
                case "ResetFailedUnit" -> bus.error(call, SYSTEMD + ".NoSuchUnit", "not loaded");
                case "GetUnit" ->
                        bus.reply(call, "o", List.of(unitPath((String) call.body().get(0))));
                case "Get" -> get(call);
                default -> bus.reply(call, "", List.of());
            }
        }

        private void get(DbusMessage call) throws IOException {
            String value =
                    call.body().get(1).equals("Version")
                            ? "257.7-1"
                            : scopes.entrySet().stream()
                                    .filter(each -> unitPath(each.getKey()).equals(call.path()))
                                    .map(Map.Entry::getValue)
                                    .findFirst()
                                    .orElse("");
            bus.reply(call, "v", List.of(DbusVariant.of(value)));
        }

        private void start(DbusMessage call) throws IOException {
            String name = (String) call.body().get(0);
            String cgroup = cgroup(name, property(call, "Slice"));
            if (scopes.putIfAbsent(name, cgroup) != null) {
                bus.error(call, SYSTEMD + ".UnitExists", "Unit " + name + " was already loaded.");
                return;
            }
            List<Integer> pids = new ArrayList<>();
            for (Object pid : (List<?>) property(call, "PIDs")) {
                pids.add(((Long) pid).intValue());
            }
            world.started(cgroup, pids);
            job(call, name);
        }

        private void stop(DbusMessage call) throws IOException {
            String name = (String) call.body().get(0);
            String cgroup = scopes.remove(name);
            if (cgroup == null) {
                bus.error(call, SYSTEMD + ".NoSuchUnit", "Unit " + name + " not loaded.");
                return;
            }
            world.stopped(cgroup);
            job(call, name);
        }

        /** The job has ended before the caller learns its number, as quick ones do. */
        private void job(DbusMessage call, String unit) throws IOException {
            int number = jobs.incrementAndGet();
            String job = ROOT + "/job/" + number;
            List<Object> other = List.of((long) number + 1000, ROOT + "/job/x", "other", "failed");
            signalJob(other);
            signalJob(List.of((long) number, job, unit, jobResult));
            bus.reply(call, "o", List.of(job));
        }

        private void signalJob(List<Object> body) throws IOException {
            bus.signal(ROOT, SYSTEMD + ".Manager", "JobRemoved", "uoss", body);
        }
    }

    /** The value of a property in the arguments of StartTransientUnit. */
    private static Object property(DbusMessage call, String name) {
        for (Object each : (List<?>) call.body().get(2)) {
            List<?> pair = (List<?>) each;
            if (pair.get(0).equals(name)) {
                return ((DbusVariant) pair.get(1)).value();
            }
        }
        throw new IllegalArgumentException("no property " + name);
    }

    private static String cgroup(String scope, Object slice) {
        String name = (String) slice;
        StringBuilder cgroup = new StringBuilder();
        for (int dash = name.indexOf('-'); dash > 0; dash = name.indexOf('-', dash + 1)) {
            cgroup.append('/').append(name, 0, dash).append(".slice");
        }
        return cgroup.append('/').append(name).append('/').append(scope).toString();
    }

    /** As systemd writes a unit's name into an object path. */
    private static String unitPath(String name) {
        StringBuilder path = new StringBuilder(ROOT + "/unit/");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain = Character.isLetterOrDigit(c) && c < 0x80;
            path.append(plain ? String.valueOf(c) : "_%02x".formatted((int) c));
        }
        return path.toString();
    }
}
