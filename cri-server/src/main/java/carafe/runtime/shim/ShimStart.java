package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.Fd;
import carafe.linux.Pipe;
import carafe.linux.ReadinessLoop;
import carafe.linux.ReceivedDescriptor;
import carafe.linux.SyscallException;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Starts one shim and waits for its first frame. The launcher process ends then; what stays is
 * nobody's child, and its result pipe is all that ties it to the daemon.
 */
final class ShimStart {
    /** What a program reads that reads nothing. */
    static final File NOTHING = new File("/dev/null");

    private static final int CHUNK_BYTES = 8192;
    private static final int EXIT_USAGE = 2;
    private static final int CHECK_SECONDS = 5;

    private final ShimProgram program;
    private final ShimSpawner spawner;
    private final ReadinessLoop readiness;
    private final ShimProcesses processes;

    ShimStart(
            ShimProgram program,
            ShimSpawner spawner,
            ReadinessLoop readiness,
            ShimProcesses processes) {
        this.program = program;
        this.spawner = spawner;
        this.readiness = readiness;
        this.processes = processes;
    }

    /** Which part the program plays, its one argument. */
    enum Role {
        POD("pod"),
        CONTAINER("container"),
        NETSOCK("netsock");

        private final String argument;

        Role(String argument) {
            this.argument = argument;
        }

        String argument() {
            return argument;
        }
    }

    /**
     * The shim's first frame, which is never {@link Reply.Failed}: that is thrown.
     *
     * @param doing what this is about, with the id, for messages
     */
    Reply run(String doing, Role role, Bundle bundle, Duration deadline) {
        return run(
                        doing,
                        bundle,
                        deadline,
                        pipe -> start(role, bundle, pipe),
                        () -> {
                            spawner.distrust();
                            processes.killStrays(bundle.directory());
                        })
                .reply();
    }

    private Optional<Process> start(Role role, Bundle bundle, Pipe result) throws IOException {
        return spawner.start(role, bundle.directory(), result.writer())
                ? Optional.empty()
                : Optional.of(launch(role, bundle, NOTHING, result));
    }

    /**
     * The socket that role netsock has opened.
     *
     * @param request frame of an OpenSocket or OpenNetlink
     */
    Fd fetchSocket(String doing, Bundle bundle, byte[] request, Duration deadline) {
        try (Pipe input = Pipe.open()) {
            // It is small, so that the pipe takes it before there is a reader.
            input.writer().write(request);
            File source = input.reader().path().toFile();
            Answer answer =
                    run(
                            doing,
                            bundle,
                            deadline,
                            pipe -> Optional.of(launch(Role.NETSOCK, bundle, source, pipe)),
                            () -> {});
            try (Fd directory = Fd.directory(bundle.directory())) {
                long pid = answer.process().orElseThrow().pid();
                Path socket = directory.path().resolve("s" + pid);
                return ReceivedDescriptor.from(socket);
            }
        } catch (IOException e) {
            throw new CarafeException.Internal(doing + ": " + e.getMessage(), e);
        }
    }

    /** A started program, if it is this process's child, and its first frame. */
    private record Answer(Optional<Process> process, Reply reply) {}

    /** Starts the program. */
    @FunctionalInterface
    private interface Launch {
        Optional<Process> with(Pipe result) throws IOException;
    }

    private Answer run(
            String doing, Bundle bundle, Duration deadline, Launch launch, Runnable giveUp) {
        long end = System.nanoTime() + deadline.toNanos();
        try (Pipe pipe = Pipe.open()) {
            Optional<Process> launcher = launch.with(pipe);
            // Only the shim's copy of the writing end is left, so its death is the pipe's end.
            pipe.writer().close();
            try {
                return new Answer(launcher, result(doing, bundle, receive(pipe, end)));
            } catch (TimeoutException | InterruptedException e) {
                launcher.ifPresent(Process::destroyForcibly);
                giveUp.run();
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                throw new CarafeException.Deadline(
                        "%s: the shim was not ready within %d ms"
                                .formatted(doing, deadline.toMillis()),
                        e);
            }
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    doing + ": the shim cannot be started: " + e.getMessage(), e);
        }
    }

    /** Runs the program without a role: it must say so by its exit code. */
    void check() {
        ProcessBuilder builder = new ProcessBuilder(program.path().toString());
        builder.environment().clear();
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = builder.start();
            if (!process.waitFor(CHECK_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new CarafeException.Unavailable("the shim program hangs when started");
            }
            if (process.exitValue() != EXIT_USAGE) {
                throw new CarafeException.Unavailable(
                        "the shim program ends with code %d when started without a role"
                                .formatted(process.exitValue()));
            }
        } catch (IOException e) {
            throw new CarafeException.Unavailable(
                    "the shim program cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Unavailable("the check of the shim was interrupted", e);
        }
    }

    /** Runs the role probe: empty when it succeeds, else what it says. */
    Optional<String> probe(Path directory, Duration deadline) {
        ProcessBuilder builder =
                new ProcessBuilder(program.path().toString(), "probe")
                        .directory(directory.toFile())
                        .redirectInput(NOTHING)
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        setEnvironment(builder);
        try {
            Process process = builder.start();
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new CarafeException.Unavailable("the probe for user namespaces hangs");
            }
            // What it says fits into the pipe, so nothing was waiting to be read.
            String said =
                    new String(
                            process.getInputStream().readNBytes(CHUNK_BYTES),
                            StandardCharsets.UTF_8);
            return process.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of(said.isEmpty() ? "the probe died" : said);
        } catch (IOException e) {
            throw new CarafeException.Unavailable(
                    "the probe for user namespaces cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Unavailable("the probe was interrupted", e);
        }
    }

    private Process launch(Role role, Bundle bundle, File input, Pipe pipe) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(program.path().toString(), role.argument)
                        .directory(bundle.directory().toFile())
                        .redirectInput(input)
                        .redirectOutput(pipe.writer().path().toFile())
                        .redirectError(
                                ProcessBuilder.Redirect.appendTo(
                                        bundle.directory().resolve("shim.log").toFile()));
        setEnvironment(builder);
        return builder.start();
    }

    /** Nothing of the daemon's. */
    static void setEnvironment(ProcessBuilder builder) {
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
    }

    private Reply result(String doing, Bundle bundle, @Nullable Reply reply) {
        return switch (reply) {
            case null ->
                    throw new CarafeException.Internal(
                            doing + ": the shim died: " + bundle.lastWords());
            case Reply.Failed failed -> throw FailedStep.of(doing, failed);
            case Reply other -> other;
        };
    }

    /** The frame; null at the end of the pipe. */
    private @Nullable Reply receive(Pipe pipe, long end)
            throws SyscallException, TimeoutException, InterruptedException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        int wanted = Frames.PREFIX_BYTES;
        try {
            while (frame.size() < wanted) {
                byte[] part = read(pipe, end);
                if (part.length == 0) {
                    return null;
                }
                frame.writeBytes(part);
                if (frame.size() >= Frames.PREFIX_BYTES) {
                    wanted = Frames.PREFIX_BYTES + Frames.bodyLength(frame.toByteArray(), 0);
                }
            }
            int body = frame.size() - Frames.PREFIX_BYTES;
            Message message = Codec.decode(frame.toByteArray(), Frames.PREFIX_BYTES, body);
            if (message instanceof Reply reply) {
                return reply;
            }
            throw new WireException("a request where a reply must be");
        } catch (WireException e) {
            throw new CarafeException.Internal(
                    "the shim speaks another protocol: " + e.getMessage(), e);
        }
    }

    /** Waits first: the shim takes longer than the way here, and a read for nothing is not free. */
    private byte[] read(Pipe pipe, long end)
            throws SyscallException, TimeoutException, InterruptedException {
        while (true) {
            CompletableFuture<Void> readable = new CompletableFuture<>();
            try (ReadinessLoop.Registration _ =
                    readiness.onReadable(pipe.reader(), () -> readable.complete(null))) {
                readable.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw new IllegalStateException("a readiness future never fails", e);
            }
            try {
                return pipe.reader().read(CHUNK_BYTES);
            } catch (SyscallException e) {
                if (!e.is(Errno.EAGAIN)) {
                    throw e;
                }
            }
        }
    }
}
