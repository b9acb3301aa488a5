package carafe.shim.child;

import carafe.shim.spec.HookSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import carafe.shim.sys.WaitCalls;

/**
 * Runs one hook and waits for it: the container's state on its standard input, of its output the
 * first 4 KiB kept and the rest dropped, a deadline after which it and its process group are
 * killed. It dies with this process. SIGPIPE must be ignored here, as it need not read what it is
 * told. For one run only.
 */
final class HookProcess {
    private static final int KEPT_BYTES = 4096;
    private static final int SHOWN_CHARACTERS = 600;
    private static final int PIECE_BYTES = 4096;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Syscalls sys;
    private final HookSpec hook;
    private final byte[] state;
    private final byte[] kept = new byte[KEPT_BYTES];
    private final byte[] dropped = new byte[PIECE_BYTES];
    private int keptBytes;
    private int told;
    private int in = -1;
    private int out = -1;

    /** Becomes the hook; returns the exit code when it cannot, having said why. */
    interface Becoming {
        /**
         * @param status write end of a pipe that {@link StatusReader} reads
         */
        int run(int status) throws SyscallException, RefusedException;
    }

    /**
     * @param state the container's state as JSON
     */
    HookProcess(Syscalls sys, HookSpec hook, byte[] state) {
        this.sys = sys;
        this.hook = hook;
        this.state = state;
    }

    /**
     * Runs it.
     *
     * @throws RefusedException when it fails, with its words, or is late
     */
    void run(long limitMillis, Becoming becoming) throws SyscallException, RefusedException {
        long input = sys.files().pipe(0);
        long output = sys.files().pipe(0);
        long status = sys.files().pipe(0);
        int pid = sys.processes().fork();
        if (pid == 0) {
            sys.processes().exit(become(input, output, status, becoming));
        }
        sys.files().close(FileCalls.readEnd(input));
        sys.files().close(FileCalls.writeEnd(output));
        sys.files().close(FileCalls.writeEnd(status));
        in = FileCalls.writeEnd(input);
        out = FileCalls.readEnd(output);
        try {
            boolean ended = converse(pid, limitMillis);
            kill(pid, !ended);
            judge(reap(pid), ended, FileCalls.readEnd(status), limitMillis);
        } catch (SyscallException e) {
            kill(pid, true);
            int _ = reap(pid);
            throw e;
        } finally {
            sys.files().close(in);
            sys.files().close(out);
            sys.files().close(FileCalls.readEnd(status));
        }
    }

    private int become(long input, long output, long status, Becoming becoming) {
        StatusWriter writer = new StatusWriter(sys.files(), FileCalls.writeEnd(status));
        try {
            sys.processes().setParentDeathSignal(ProcessCalls.SIGKILL);
            sys.processes().resetSignals();
            sys.processes().newSession();
            sys.files().duplicateTo(FileCalls.readEnd(input), 0, 0);
            sys.files().duplicateTo(FileCalls.writeEnd(output), 1, 0);
            sys.files().duplicateTo(FileCalls.writeEnd(output), 2, 0);
            return becoming.run(FileCalls.writeEnd(status));
        } catch (SyscallException e) {
            writer.failed(new Progress(), e.errno(), e.getMessage());
        } catch (RefusedException e) {
            writer.failed(new Progress(), 0, String.valueOf(e.getMessage()));
        }
        return 1;
    }

    /** Feeds and drains it; whether it has ended in time. */
    private boolean converse(int pid, long limitMillis) throws SyscallException {
        int pidfd = sys.processes().openPidfd(pid);
        Buffer entries = sys.memory().allocate(3 * WaitCalls.POLLFD);
        try {
            sys.files().setStatusFlags(in, FileCalls.O_NONBLOCK);
            sys.files().setStatusFlags(out, FileCalls.O_NONBLOCK);
            long end = now() + limitMillis * NANOS_PER_MILLI;
            while (true) {
                put(entries, 0, pidfd, WaitCalls.POLLIN);
                put(entries, 1, out, WaitCalls.POLLIN);
                put(entries, 2, in, WaitCalls.POLLOUT);
                long left = Math.max(0, (end - now()) / NANOS_PER_MILLI);
                int events = sys.waits().poll(entries, 3, left);
                if (events < 0 && events != -Errno.EINTR) {
                    throw new SyscallException("ppoll", hook.path(), -events);
                }
                if (events > 0) {
                    serve(returned(entries, 1), returned(entries, 2));
                    if (returned(entries, 0)) {
                        serve(true, false); // what it said last
                        return true;
                    }
                }
                if (now() >= end) {
                    return false;
                }
            }
        } finally {
            entries.free();
            sys.files().close(pidfd);
        }
    }

    private void serve(boolean hasSaid, boolean takes) {
        if (hasSaid && out >= 0 && !take()) {
            sys.files().close(out);
            out = -1;
        }
        if (takes && in >= 0 && !tell()) {
            // Its end, for those who read to it.
            sys.files().close(in);
            in = -1;
        }
    }

    /** Takes what there is; whether there can be more. */
    private boolean take() {
        while (true) {
            boolean full = keptBytes == kept.length;
            byte[] to = full ? dropped : kept;
            int from = full ? 0 : keptBytes;
            int n = sys.files().read(out, to, from, to.length - from);
            if (n <= 0) {
                return n == -Errno.EAGAIN || n == -Errno.EINTR;
            }
            keptBytes += full ? 0 : n;
        }
    }

    /** Tells what it takes; whether there is more to tell. */
    private boolean tell() {
        while (told < state.length) {
            int n = sys.files().write(in, state, told, Math.min(PIECE_BYTES, state.length - told));
            if (n < 0) {
                return n == -Errno.EAGAIN || n == -Errno.EINTR;
            }
            told += n;
        }
        return false;
    }

    private static void put(Buffer entries, int index, int fd, int events) {
        entries.putInt(index * WaitCalls.POLLFD, fd);
        entries.putInt(index * WaitCalls.POLLFD + 4, events);
    }

    private static boolean returned(Buffer entries, int index) {
        return entries.getShort(index * WaitCalls.POLLFD + 6) != 0;
    }

    /** A hook that is late goes with all that it has begun; it is not reaped yet, so it is it. */
    private void kill(int pid, boolean late) throws SyscallException {
        if (late) {
            sys.processes().signalChild(pid, ProcessCalls.SIGKILL);
            try {
                sys.processes().signalGroup(pid, ProcessCalls.SIGKILL);
            } catch (SyscallException e) {
                // It has not come to have a group of its own.
            }
        }
    }

    private int reap(int pid) throws SyscallException {
        Buffer status = sys.memory().allocate(4);
        try {
            int reaped = sys.processes().wait(pid, status);
            while (reaped == -Errno.EINTR) {
                reaped = sys.processes().wait(pid, status);
            }
            if (reaped < 0) {
                throw new SyscallException("wait4", hook.path(), -reaped);
            }
            return status.getInt(0);
        } finally {
            status.free();
        }
    }

    private void judge(int waitStatus, boolean ended, int statusFd, long limitMillis)
            throws RefusedException {
        String name = "hook " + hook.moment() + " " + hook.path();
        if (!ended) {
            throw new RefusedException(name + " has not ended within " + limitMillis + " ms");
        }
        Buffer buffer = sys.memory().allocate(StatusReader.MAX_REPORT);
        try {
            if (new StatusReader(sys.files(), statusFd, buffer).next()
                    instanceof ChildStatus.Failed failed) {
                throw new RefusedException(name + ": " + failed.text());
            }
        } finally {
            buffer.free();
        }
        if (waitStatus != 0) {
            throw new RefusedException(name + " " + describe(waitStatus) + words());
        }
    }

    private static String describe(int waitStatus) {
        int signal = waitStatus & 0x7f;
        return signal > 0
                ? "was ended by signal " + signal
                : "ended with code " + ((waitStatus >> 8) & 0xff);
    }

    private String words() {
        String said = Utf8.decode(kept, 0, keptBytes).replace('\n', ' ').trim();
        if (said.isEmpty()) {
            return "";
        }
        return ": "
                + (said.length() <= SHOWN_CHARACTERS
                        ? said
                        : said.substring(0, SHOWN_CHARACTERS) + " ...");
    }

    private long now() {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
    }
}
