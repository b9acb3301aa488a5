package carafe.testkit.daemon;

import carafe.proto.cri.ListPodSandboxRequest;
import carafe.testkit.client.CriClient;
import io.grpc.StatusRuntimeException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The daemon, started by the launcher, whose process becomes it. It can be killed and started again
 * on the same directories. Used by one thread. Owns the process; {@link #close} ends it.
 */
public final class DaemonUnderTest implements AutoCloseable {
    private static final Duration READY_DEADLINE = Duration.ofSeconds(60);
    private static final Duration END_DEADLINE = Duration.ofSeconds(45);
    private static final Duration PING_DEADLINE = Duration.ofSeconds(5);

    private final Instance instance;
    private final List<String> flags;
    private final List<String> starter;
    private @Nullable Process process;

    /**
     * @param flags more flags of {@code carafe serve}
     */
    public DaemonUnderTest(Instance instance, List<String> flags) {
        this(instance, flags, List.of());
    }

    /**
     * @param flags more flags of {@code carafe serve}
     * @param starter a command that takes the daemon's as its last arguments and becomes it
     */
    public DaemonUnderTest(Instance instance, List<String> flags, List<String> starter) {
        this.instance = instance;
        this.flags = List.copyOf(flags);
        this.starter = List.copyOf(starter);
    }

    public Instance instance() {
        return instance;
    }

    /**
     * Starts the daemon and waits until it answers.
     *
     * @return how long that took
     * @throws AssertionError with its log when it ends or does not answer in time
     */
    public Duration start() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process started = spawn();
        long end = begin + READY_DEADLINE.toNanos();
        while (!answers()) {
            if (!started.isAlive()) {
                throw new AssertionError(
                        "the daemon ended with %d:%n%s".formatted(started.exitValue(), log()));
            }
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "the daemon does not answer after %s:%n%s"
                                .formatted(READY_DEADLINE, log()));
            }
            Thread.sleep(20);
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Starts the daemon without waiting, for starts that are meant to fail. */
    public Process spawn() throws IOException {
        Process old = process;
        if (old != null && old.isAlive()) {
            throw new IllegalStateException("the daemon runs already as " + old.pid());
        }
        ProcessBuilder builder =
                new ProcessBuilder(command())
                        .directory(instance.dir().toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(instance.daemonLog().toFile()));
        Map<String, String> environment = builder.environment();
        String path = environment.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        environment.clear();
        environment.put("PATH", path);
        environment.put("HOME", instance.scratch().toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        // The build that runs this test has built it.
        environment.put("CARAFE_BUILD", "never");
        Process started = builder.start();
        process = started;
        return started;
    }

    /** The daemon's process id. */
    public long pid() {
        return running().pid();
    }

    /** Whether the process lives. */
    public boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** SIGKILL, as a crash would be; waits for the end. */
    public void kill() throws InterruptedException {
        running().destroyForcibly();
        awaitEnd();
    }

    /**
     * SIGTERM, as an init system would stop it; waits for the end.
     *
     * @return the exit code
     */
    public int stop() throws InterruptedException {
        running().destroy();
        return awaitEnd();
    }

    /** What the daemon has printed so far. */
    public String log() throws IOException {
        return Files.exists(instance.daemonLog())
                ? new String(Files.readAllBytes(instance.daemonLog()), StandardCharsets.UTF_8)
                : "";
    }

    /** Ends the daemon, if it still runs, at once. */
    @Override
    public void close() {
        Process current = process;
        if (current != null) {
            current.destroyForcibly();
            try {
                awaitEnd();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private int awaitEnd() throws InterruptedException {
        Process current = running();
        if (!current.waitFor(END_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            current.destroyForcibly().waitFor();
            throw new AssertionError("the daemon has not ended after " + END_DEADLINE);
        }
        return current.exitValue();
    }

    private Process running() {
        Process current = process;
        if (current == null) {
            throw new IllegalStateException("the daemon was never started");
        }
        return current;
    }

    private boolean answers() {
        if (!Files.exists(instance.socket())) {
            return false;
        }
        try (CriClient client = new CriClient(instance.socket())) {
            // Version is answered while the daemon still looks for pods of its predecessor.
            client.runtime(PING_DEADLINE)
                    .listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /**
     * {@code ./carafe serve}. {@code $CARAFE_TEST_DAEMON} names another program to be tested with
     * the same flags: an installed one, or a wrapper of a peer.
     */
    private List<String> command() throws IOException {
        List<String> command = new ArrayList<>(starter);
        String other = System.getenv("CARAFE_TEST_DAEMON");
        command.add(other == null ? Checkout.find().resolve("carafe").toString() : other);
        command.add("serve");
        command.addAll(List.of("--root", instance.root().toString()));
        command.addAll(List.of("--state", instance.state().toString()));
        command.addAll(List.of("--metrics-address", "127.0.0.1:0"));
        // Without the node's own bridge, which a test that wants it asks for by another mode.
        command.addAll(List.of("--network-mode", "cni"));
        command.addAll(List.of("--network-bridge", instance.bridge()));
        command.addAll(List.of("--cni-conf-dir", instance.cniConf().toString()));
        command.addAll(List.of("--shims-cgroup", instance.shimsCgroup()));
        command.addAll(List.of("--pods-cgroup", instance.podsCgroup()));
        command.addAll(flags);
        return command;
    }
}
