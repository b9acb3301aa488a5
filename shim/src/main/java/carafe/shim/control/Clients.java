package carafe.shim.control;

import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The socket {@code s} and its connections. When all places are taken, further ones wait in the
 * kernel's queue. Peers other than root and the user of this process are turned away.
 */
final class Clients implements Party {
    private static final String NAME = "s";
    private static final int BACKLOG = 256;
    private static final int OWNER_ONLY = 0177;
    private static final long PAUSE_NANOS = 100_000_000L;

    private final Syscalls sys;
    private final Requests requests;
    private final @Nullable Client[] clients;
    private int ownUid;
    private int fd = -1;
    private int polled = PollSet.ABSENT;
    private int lastTicket;

    /** 0 = at any time; else the queue is left alone for a while, as without descriptors. */
    private long acceptAfterNanos;

    /**
     * @param places most connections that are not execs
     */
    Clients(Syscalls sys, Requests requests, int places) {
        this.sys = sys;
        this.requests = requests;
        this.clients = new Client[places];
    }

    /** Binds by the relative name: a bundle's path may be longer than an address. */
    void listen() throws SyscallException {
        SocketCalls sockets = sys.sockets();
        fd =
                sockets.socket(
                        SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM | SocketCalls.SOCK_NONBLOCK);
        int umask = sys.processes().setUmask(OWNER_ONLY);
        try {
            sockets.bind(fd, NAME);
        } finally {
            sys.processes().setUmask(umask);
        }
        int noFollow = FileCalls.AT_SYMLINK_NOFOLLOW;
        ownUid = sys.files().status(FileCalls.AT_FDCWD, NAME, noFollow).uid();
        sockets.listen(fd, BACKLOG);
    }

    /** Takes the socket away; who connects now sees that nobody is there. */
    void close() {
        if (fd >= 0) {
            sys.files().close(fd);
            fd = -1;
            try {
                sys.files().unlink(FileCalls.AT_FDCWD, NAME, 0);
            } catch (SyscallException e) {
                return;
            }
        }
    }

    @Override
    public void join(PollSet polls) {
        int free = 0;
        for (Client client : clients) {
            if (client == null) {
                free++;
            } else {
                client.join(polls);
            }
        }
        boolean paused = acceptAfterNanos > 0 && requests.nowNanos() < acceptAfterNanos;
        polled = free == 0 || paused ? PollSet.ABSENT : polls.add(fd, PollSet.IN);
        acceptAfterNanos = paused ? acceptAfterNanos : 0;
    }

    @Override
    public long deadlineNanos() {
        long earliest = acceptAfterNanos > 0 ? acceptAfterNanos : NEVER;
        for (Client client : clients) {
            if (client != null) {
                earliest = Math.min(earliest, client.deadlineNanos());
            }
        }
        return earliest;
    }

    @Override
    public void serve(PollSet polls) {
        for (int i = 0; i < clients.length; i++) {
            Client client = clients[i];
            if (client != null) {
                client.serve(polls);
                if (!client.isOpen()) {
                    clients[i] = null;
                }
            }
        }
        if (polls.events(polled) != 0) {
            accept();
        }
    }

    private void accept() {
        for (int i = 0; i < clients.length; i++) {
            if (clients[i] != null) {
                continue;
            }
            int accepted = sys.sockets().accept(fd, SocketCalls.SOCK_NONBLOCK);
            if (accepted < 0) {
                boolean passing = accepted == -Errno.EAGAIN || accepted == -Errno.EINTR;
                acceptAfterNanos = passing ? 0 : requests.nowNanos() + PAUSE_NANOS;
                return;
            }
            if (isTrusted(accepted)) {
                lastTicket++;
                clients[i] = new Client(sys, requests, accepted, lastTicket, requests.nowNanos());
            } else {
                sys.files().close(accepted);
            }
        }
    }

    private boolean isTrusted(int accepted) {
        try {
            int uid = sys.sockets().peerUid(accepted);
            return uid == 0 || uid == ownUid;
        } catch (SyscallException e) {
            return false;
        }
    }

    /** Turns away whoever still waits for something. */
    void refuseAll(String why) {
        Reply.Failed failed = Failures.of("control", Errno.ESRCH, why);
        for (Client client : clients) {
            if (client != null && client.isOpen()) {
                client.finish(failed);
            }
        }
        Arrays.fill(clients, null);
    }
}
