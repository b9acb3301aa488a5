package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.linux.PidIdentity;
import carafe.linux.PidWatch;
import carafe.linux.Pidfd;
import carafe.linux.Processes;
import carafe.linux.SyscallException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Shim processes as the kernel shows them: alive or not, waiting for their end, killing. */
final class ShimProcesses {
    private static final int SIGKILL = 9;
    private static final Path PROC = Path.of("/proc");

    private final Processes processes;
    private final PidWatch watch;

    ShimProcesses(Processes processes, PidWatch watch) {
        this.processes = processes;
        this.watch = watch;
    }

    boolean alive(PidIdentity process) {
        return processes.alive(process);
    }

    /** Calls back once when the process has ended. */
    Watch onExit(PidIdentity process, Runnable callback) {
        try {
            return watch.onExit(process, callback)::close;
        } catch (SyscallException e) {
            throw new CarafeException.Exhausted("watch process " + process.pid(), e);
        }
    }

    /**
     * Waits for the end of a process.
     *
     * @return whether it has ended in time
     */
    boolean awaitExit(PidIdentity process, Duration deadline) {
        CountDownLatch ended = new CountDownLatch(1);
        try (Watch _ = onExit(process, ended::countDown)) {
            return ended.await(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Sends a signal.
     *
     * @return whether the process was still there
     */
    boolean signal(PidIdentity process, int signal) {
        try {
            Optional<Pidfd> opened = Pidfd.open(process, processes);
            if (opened.isEmpty()) {
                return false;
            }
            try (Pidfd pidfd = opened.get()) {
                return pidfd.send(signal);
            }
        } catch (SyscallException e) {
            throw new CarafeException.Internal(
                    "send signal " + signal + " to process " + process.pid(), e);
        }
    }

    /**
     * Kills every shim whose bundle this is, for one that hangs before it has said who it is. Looks
     * at all processes of the machine, so only for that.
     */
    void killStrays(Path bundle) {
        for (PidIdentity process : strays(bundle)) {
            signal(process, SIGKILL);
        }
    }

    private List<PidIdentity> strays(Path bundle) {
        List<PidIdentity> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                Optional<PidIdentity> process =
                        processes.identify(Integer.parseInt(entry.getFileName().toString()));
                if (process.isPresent() && isShimOf(entry, bundle)) {
                    found.add(process.get());
                }
            }
        } catch (IOException e) {
            throw new CarafeException.Internal("look for the shim of " + bundle, e);
        }
        return found;
    }

    private static boolean isShimOf(Path process, Path bundle) {
        try {
            return Files.readSymbolicLink(process.resolve("exe"))
                            .toString()
                            .startsWith("/memfd:" + ShimProgram.NAME)
                    && Files.readSymbolicLink(process.resolve("cwd")).equals(bundle);
        } catch (IOException e) {
            // It has just ended, or is a kernel thread.
            return false;
        }
    }
}
