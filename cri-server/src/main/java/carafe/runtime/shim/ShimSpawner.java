package carafe.runtime.shim;

import carafe.linux.DescriptorInbox;
import carafe.linux.DescriptorSender;
import carafe.linux.Fd;
import carafe.linux.SyscallException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has shims started by one process of their program that waits for it and forks: a program started
 * by the JDK is two programs, and each of them closes whatever the daemon has open. The process is
 * started when it is first needed, and again when it has died; as long as there is none, shims are
 * started by the JDK. It ends with the daemon. Thread-safe.
 */
public final class ShimSpawner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShimSpawner.class);
    private static final String INBOX = "z";
    private static final String ROLE = "spawn-shims";
    private static final Duration START = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final int MAX_PATH = 4095;

    private final @Nullable ShimProgram program;
    private @Nullable DescriptorSender process;
    private long notBefore = System.nanoTime();

    private ShimSpawner(@Nullable ShimProgram program) {
        this.program = program;
    }

    /** One that will be started from this program. */
    public static ShimSpawner of(ShimProgram program) {
        return new ShimSpawner(program);
    }

    /** None: every shim is started by the JDK. */
    public static ShimSpawner none() {
        return new ShimSpawner(null);
    }

    /**
     * Has a shim started, which says how that went on its result pipe.
     *
     * @param role {@link ShimStart.Role#POD} or {@link ShimStart.Role#CONTAINER}
     * @param result writing end, stays the caller's
     * @return false = nobody will start it, and nothing was done
     */
    synchronized boolean start(ShimStart.Role role, Path bundle, Fd result) {
        byte[] path = bundle.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > MAX_PATH) {
            return false;
        }
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(role.argument().charAt(0));
        packet.writeBytes(path);
        // The one that is there may have died since.
        return send(packet.toByteArray(), result, process)
                || send(packet.toByteArray(), result, fresh(bundle));
    }

    private boolean send(byte[] packet, Fd result, @Nullable DescriptorSender to) {
        if (to == null) {
            return false;
        }
        try {
            to.send(packet, result);
            return true;
        } catch (SyscallException e) {
            LOG.atWarn().setCause(e).log("The process that starts shims is not there any more");
            distrust();
            return false;
        }
    }

    /** Gives up the process that is there; the next shim is started by another one. */
    synchronized void distrust() {
        DescriptorSender old = process;
        process = null;
        if (old != null) {
            old.close();
        }
    }

    private @Nullable DescriptorSender fresh(Path directory) {
        if (program == null || System.nanoTime() - notBefore < 0) {
            return null;
        }
        try (DescriptorInbox inbox = DescriptorInbox.openForCaller(directory, INBOX)) {
            run(program, directory);
            process = inbox.caller().orElseThrow(() -> new IOException("it does not call"));
        } catch (IOException e) {
            notBefore = System.nanoTime() + PAUSE.toNanos();
            LOG.atWarn()
                    .setCause(e)
                    .log("The process that starts shims cannot be started; shims are slower then");
        }
        return process;
    }

    /** Until it has left a child behind, which is connected. */
    private static void run(ShimProgram program, Path directory) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(program.path().toString(), ROLE)
                        .directory(directory.toFile())
                        .redirectInput(ShimStart.NOTHING)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        ShimStart.setEnvironment(builder);
        Process started = builder.start();
        try {
            if (!started.waitFor(START.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("it hangs");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it started", e);
        } finally {
            started.destroyForcibly();
        }
        if (started.exitValue() != 0) {
            throw new IOException("it has ended with code " + started.exitValue());
        }
    }

    @Override
    public void close() {
        distrust();
    }
}
