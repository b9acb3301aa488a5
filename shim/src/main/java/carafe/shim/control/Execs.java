package carafe.shim.control;

import carafe.shim.child.Child;
import carafe.shim.child.Children;
import carafe.shim.child.ExecFrame;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.SyscallException;
import carafe.shim.wire.WireException;
import org.jspecify.annotations.Nullable;

/** The execs under way, a bounded number. */
final class Execs implements Party {
    private final ExecShared shared;
    private final Children children;
    private final Container container;
    private final @Nullable ExecSession[] sessions;

    /**
     * @param places most execs at a time
     */
    Execs(ExecShared shared, Children children, Container container, int places) {
        this.shared = shared;
        this.children = children;
        this.container = container;
        this.sessions = new ExecSession[places];
    }

    /** Starts an exec and takes the connection over, or refuses it. */
    void start(Client client, Buffer body, int length) throws WireException {
        ExecHeader header = ExecHeader.of(body, length);
        int place = freePlace();
        if (container.stage() != Stage.RUNNING) {
            client.finish(Failures.of("exec", Errno.ESRCH, "the container is not running"));
        } else if (place < 0) {
            String text = sessions.length + " execs are under way";
            client.finish(Failures.of("exec", Errno.EAGAIN, text));
        } else {
            try {
                ExecIo io = ExecIo.open(shared.sys(), header.stdin(), header.terminal());
                Child child = fork(new ExecFrame(body, 0, length), io);
                ExecStreams streams = new ExecStreams(shared, io, client.takeOver());
                sessions[place] = new ExecSession(shared, header, child, streams);
            } catch (SyscallException e) {
                client.finish(Failures.of("exec", e));
            }
        }
    }

    private Child fork(ExecFrame frame, ExecIo io) throws SyscallException {
        try {
            int cgroupFd = shared.cgroup().birthFd();
            return children.startExec(frame, container.initPidfd(), io.forChild(), cgroupFd);
        } catch (SyscallException e) {
            io.close();
            throw e;
        } finally {
            io.closeChildEnds();
        }
    }

    private int freePlace() {
        for (int i = 0; i < sessions.length; i++) {
            if (sessions[i] == null) {
                return i;
            }
        }
        return -1;
    }

    boolean isEmpty() {
        for (ExecSession session : sessions) {
            if (session != null) {
                return false;
            }
        }
        return true;
    }

    void reaped(int pid, int status) {
        for (ExecSession session : sessions) {
            if (session != null && session.reaped(pid, status)) {
                return;
            }
        }
    }

    void containerEnded() {
        for (ExecSession session : sessions) {
            if (session != null) {
                session.containerEnded();
            }
        }
    }

    @Override
    public void join(PollSet polls) {
        for (ExecSession session : sessions) {
            if (session != null) {
                session.join(polls);
            }
        }
    }

    @Override
    public long deadlineNanos() {
        long earliest = NEVER;
        for (ExecSession session : sessions) {
            if (session != null) {
                earliest = Math.min(earliest, session.deadlineNanos());
            }
        }
        return earliest;
    }

    @Override
    public void serve(PollSet polls) {
        for (int i = 0; i < sessions.length; i++) {
            ExecSession session = sessions[i];
            if (session != null) {
                session.serve(polls);
                if (session.isDone()) {
                    sessions[i] = null;
                }
            }
        }
    }
}
