package carafe.runtime.fake;

import carafe.runtime.port.ProcessId;
import carafe.runtime.port.Processes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Processes that live and die on request. Thread-safe. */
public final class FakeProcesses implements Processes {
    private final Set<ProcessId> alive = new HashSet<>();
    private final Map<ProcessId, List<Runnable>> watchers = new HashMap<>();
    private int lastPid = 1000;
    private String bootId = "boot-1";
    private volatile boolean deaf;

    public synchronized ProcessId start() {
        lastPid++;
        ProcessId process = new ProcessId(lastPid, lastPid * 10L);
        alive.add(process);
        return process;
    }

    /** It ends; watchers are told on threads of their own. */
    public void end(ProcessId process) {
        List<Runnable> told;
        synchronized (this) {
            alive.remove(process);
            told = watchers.remove(process);
        }
        if (told != null) {
            told.forEach(each -> Thread.ofVirtual().start(each));
        }
    }

    /** The machine is rebooted: nothing lives, pids begin anew. */
    public synchronized void reboot() {
        alive.clear();
        watchers.clear();
        lastPid = 1000;
        bootId = "boot-" + System.nanoTime();
    }

    synchronized void dropWatchers() {
        watchers.clear();
    }

    public synchronized Set<ProcessId> alive() {
        return Set.copyOf(alive);
    }

    /** No process has a handler for any signal until told otherwise. */
    public void setDeaf(boolean isDeaf) {
        deaf = isDeaf;
    }

    @Override
    public boolean hears(ProcessId process, int signal) {
        return !deaf && isAlive(process);
    }

    @Override
    public synchronized String bootId() {
        return bootId;
    }

    @Override
    public synchronized boolean isAlive(ProcessId process) {
        return alive.contains(process);
    }

    @Override
    public void kill(ProcessId process) {
        end(process);
    }

    @Override
    public synchronized Watch onExit(ProcessId process, Runnable callback) {
        if (!alive.contains(process)) {
            Thread.ofVirtual().start(callback);
            return () -> {};
        }
        watchers.computeIfAbsent(process, _ -> new ArrayList<>()).add(callback);
        return () -> unwatch(process, callback);
    }

    private synchronized void unwatch(ProcessId process, Runnable callback) {
        List<Runnable> told = watchers.get(process);
        if (told != null) {
            told.remove(callback);
        }
    }
}
