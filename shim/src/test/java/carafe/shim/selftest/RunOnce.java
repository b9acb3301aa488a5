package carafe.shim.selftest;

import carafe.shim.child.Child;
import carafe.shim.child.ChildIo;
import carafe.shim.child.ChildStatus;
import carafe.shim.child.ForkedChildren;
import carafe.shim.child.StatusReader;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.NativeSyscalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import carafe.shim.sys.WaitCalls;

/**
 * A control of the smallest kind: makes the container of the working directory on its own standard
 * streams, starts it and ends with its exit code. Says on standard error what it saw.
 */
public final class RunOnce {
    private final Syscalls sys;
    private final Buffer buffer;

    private RunOnce(Syscalls sys) {
        this.sys = sys;
        this.buffer = sys.memory().allocate(4096);
    }

    public static void main(String[] args) throws SyscallException {
        Syscalls sys = NativeSyscalls.open();
        sys.processes().exit(new RunOnce(sys).run(args.length > 0 ? args[0] : ""));
    }

    private int run(String unified) throws SyscallException {
        int cgroup =
                unified.isEmpty()
                        ? -1
                        : sys.files().open(FileCalls.AT_FDCWD, unified, FileCalls.O_DIRECTORY, 0);
        long began = sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
        Child child = new ForkedChildren(sys).startInit(new ChildIo(0, 1, 2, -1), cgroup);
        StatusReader reader = new StatusReader(sys.files(), child.status(), buffer);
        int pid = 0;
        while (true) {
            switch (next(reader, child.status())) {
                case ChildStatus.Born born -> pid = born.pid();
                case ChildStatus.Waiting _ ->
                        sys.files().write(child.start(), new byte[] {1}, 0, 1);
                case ChildStatus.Ready _ -> {
                    say("ready", began);
                    sys.files().write(child.start(), new byte[] {1}, 0, 1);
                }
                case ChildStatus.Failed failed -> {
                    say(failed.toString(), began);
                    return 128;
                }
                case ChildStatus.Closed _ -> {
                    say("started", began);
                    return wait(pid, began);
                }
            }
        }
    }

    private ChildStatus next(StatusReader reader, int fd) {
        while (true) {
            ChildStatus status = reader.next();
            if (status != null) {
                return status;
            }
            Buffer entry = sys.memory().allocate(WaitCalls.POLLFD);
            entry.putInt(0, fd);
            entry.putShort(4, WaitCalls.POLLIN);
            sys.waits().poll(entry, 1, -1);
            entry.free();
        }
    }

    private int wait(int pid, long began) {
        if (pid <= 1) {
            return 127;
        }
        int got = sys.processes().wait(pid, buffer);
        say("ended " + got, began);
        int status = buffer.getInt(0);
        return (status & 0x7f) != 0 ? 128 + (status & 0x7f) : status >> 8;
    }

    private void say(String what, long began) {
        long micros = (sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC) - began) / 1000;
        byte[] line = Utf8.encode(micros + " us: " + what + "\n");
        sys.files().write(2, line, 0, line.length);
    }
}
