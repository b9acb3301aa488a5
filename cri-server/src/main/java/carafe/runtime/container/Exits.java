package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.base.KeyedLock;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.Exit;
import carafe.runtime.port.LogTotals;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;
import carafe.runtime.state.LogFigures;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees containers end: watches their shims, writes EXITED records, wakes whoever waits. A shim that
 * dies without an exit record ends its container: what is left in the cgroup is killed.
 * Thread-safe.
 */
public final class Exits {
    private static final Logger LOG = LoggerFactory.getLogger(Exits.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    private final Core core;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();

    public Exits(Core core) {
        this.core = core;
    }

    /** Begins to watch a container that has not ended; doing so again changes nothing. */
    public void watch(String id) {
        Watched fresh = new Watched(id);
        if (watched.putIfAbsent(id, fresh) == null) {
            fresh.connect();
        }
    }

    /** Ends the watch of a container that is removed. */
    void forget(String id) {
        Watched entry = watched.remove(id);
        if (entry != null) {
            entry.close();
        }
    }

    /**
     * Waits for the container's end.
     *
     * @return whether it has ended (or is not there any more)
     */
    boolean await(String id, Duration wait) throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        while (true) {
            Watched entry = watched.get(id);
            long left = Math.max(end - System.nanoTime(), 0);
            if (entry != null) {
                return entry.ended.await(left, TimeUnit.NANOSECONDS);
            }
            if (hasEnded(id) || left == 0) {
                return hasEnded(id);
            }
            // Its record is there, its watch not yet: whoever creates it is about to begin that.
            Thread.sleep(FIRST_RETRY);
        }
    }

    /** Ends a container whose shim has left nothing to ask; called with no lock held. */
    public void declareLost(String id, String why) {
        ContainerRecord found = core.inventory().containers().find(id).orElse(null);
        if (found == null) {
            return;
        }
        try {
            core.ports().cgroups().kill(found.cgroup());
        } catch (CarafeException e) {
            LOG.atWarn()
                    .addKeyValue("container", id)
                    .setCause(e)
                    .log("What a dead shim left could not be killed yet");
        }
        LogTotals log = logOf(id);
        if (end(id, startedAt -> Endings.unknown(why, startedAt, core.ports().nowNanos()))) {
            core.ports().life().logEnded(id, log);
        }
    }

    /** Ends a container as its shim recorded it; called with no lock held. */
    public void declareExited(String id, Exit exit) {
        LogTotals log = logOf(id);
        if (end(id, startedAt -> Endings.of(exit, startedAt))) {
            core.ports().life().containerLost(exit.oomKills());
            core.ports().life().logEnded(id, log.losing(exit.lostLogBytes()));
        }
    }

    /** Before others may know that it has ended, and take its bundle away. */
    private LogTotals logOf(String id) {
        return LogFigures.read(core.paths().container(id)).orElse(LogTotals.NOTHING);
    }

    /** Containers watched, for leak checks. */
    public int size() {
        return watched.size();
    }

    private interface Ending {
        ContainerState.Exited from(long startedAtNanos);
    }

    /** Whether this was the news of it. */
    private boolean end(String id, Ending ending) {
        try (KeyedLock.Held _ = core.inventory().lock(id)) {
            Optional<ContainerRecord> found = core.inventory().containers().find(id);
            if (found.isEmpty() || found.get().state() instanceof ContainerState.Exited) {
                release(id);
                return false;
            }
            ContainerState.Exited ended = ending.from(found.get().state().startedAt());
            save(found.get().in(ended));
            core.ports().life().containerEnded(ended.reason().word(), ended.code());
            core.event(RuntimeEvent.Kind.STOPPED, id, found.get().podId());
            release(id);
            return true;
        }
    }

    /** Wakes waiters once the record says EXITED; also for an end that somebody else recorded. */
    void release(String id) {
        Watched entry = watched.remove(id);
        if (entry != null) {
            entry.close();
            entry.ended.countDown();
        }
    }

    private void save(ContainerRecord record) {
        try {
            core.inventory().containers().save(record);
        } catch (CarafeException e) {
            // The exit record in the bundle is the truth on disk; a restart reads it.
            LOG.atError()
                    .addKeyValue("container", record.id())
                    .setCause(e)
                    .log("The end of a container could not be recorded");
            core.inventory().containers().show(record);
        }
        core.ports().steps().reached("container.exit.record");
    }

    private boolean hasEnded(String id) {
        return core.inventory()
                .containers()
                .find(id)
                .map(each -> each.state() instanceof ContainerState.Exited)
                .orElse(true);
    }

    /** One container's watch; reconnects while its shim lives. */
    private final class Watched implements ContainerShim.ExitListener {
        private final String id;
        private final ContainerShim shim;
        private final CountDownLatch ended = new CountDownLatch(1);
        private Duration retry = FIRST_RETRY;
        private ContainerShim.@Nullable Watch watch;
        private boolean closed;

        Watched(String id) {
            this.id = id;
            this.shim = core.ports().shims().container(core.paths().container(id));
        }

        /** Not under the monitor: the listener may be called before this returns. */
        void connect() {
            ContainerShim.Watch fresh = shim.watch(this);
            synchronized (this) {
                if (!closed) {
                    watch = fresh;
                    return;
                }
            }
            fresh.close();
        }

        synchronized void close() {
            closed = true;
            if (watch != null) {
                watch.close();
            }
        }

        @Override
        public void exited(Exit exit) {
            declareExited(id, exit);
        }

        @Override
        public void lost() {
            Optional<Exit> exit = shim.exitRecord();
            if (exit.isPresent()) {
                declareExited(id, exit.get());
                return;
            }
            boolean lives =
                    shim.pids()
                            .filter(pids -> core.ports().processes().isAlive(pids.control()))
                            .isPresent();
            if (lives) {
                pause();
                connect();
                return;
            }
            // It may have written its record between the two looks.
            Optional<Exit> late = shim.exitRecord();
            if (late.isPresent()) {
                declareExited(id, late.get());
            } else {
                declareLost(id, "its shim ended without leaving an exit record");
            }
        }

        private void pause() {
            try {
                Thread.sleep(retry);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Duration doubled = retry.multipliedBy(2);
            retry = doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY;
        }
    }
}
