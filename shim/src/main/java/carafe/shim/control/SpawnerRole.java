package carafe.shim.control;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import carafe.shim.wire.Codec;
import carafe.shim.wire.WireException;

/**
 * Role spawner: one process per daemon that starts the other roles by forking itself. That costs a
 * tenth of a new program, however many descriptors the daemon has open, and all shims share the
 * pages that a start has filled. It listens to nobody but the daemon, at whose socket {@code z} in
 * the working directory it calls; with the daemon it ends.
 *
 * <p>A packet is a role's letter and the path of a bundle, and brings the result pipe along. The
 * child begins as one that the daemon has started itself: the bundle is its working directory, 0
 * the null device, 1 the result pipe, 2 {@code shim.log}, and nothing else is open.
 */
public final class SpawnerRole {
    private static final String INBOX = "z";
    private static final String NAME = "carafe-shim";
    private static final String OWN_NAME = "carafe-spawner";

    /** As it stands on the command line. */
    private static final String OWN_ROLE = "spawn-shims";

    /** The letter, and a path as long as the kernel takes them. */
    private static final int MAX_PACKET = 4097;

    private static final int RESULT = 1;
    private static final int LOG = 2;
    private static final int FIRST_FREE = 3;

    private final Syscalls sys;
    private final Roles roles;

    /** What the children do. */
    @FunctionalInterface
    public interface Roles {
        /**
         * Plays a role to its end.
         *
         * @return exit code
         */
        int run(String role);
    }

    public SpawnerRole(Syscalls sys, Roles roles) {
        this.sys = sys;
        this.roles = roles;
    }

    /**
     * Returns in the process that was started, when the spawner is there and connected; in each of
     * the spawner's children when its role is over; and in the spawner when the daemon has gone.
     *
     * @return exit code
     */
    public int run() throws SyscallException {
        int daemon = sys.sockets().socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_SEQPACKET);
        sys.sockets().connect(daemon, INBOX);
        sys.processes().changeDirectory(Utf8.encode("/"));
        if (sys.processes().fork() != 0) {
            return 0;
        }
        sys.processes().setName(OWN_NAME);
        sys.processes().newSession();
        // So that nobody has to wait for launchers.
        sys.processes().ignoreSignal(ProcessCalls.SIGCHLD);
        return serve(daemon);
    }

    /** Allocates nothing, except when a fork has failed. */
    private int serve(int daemon) {
        Buffer packet = sys.memory().allocate(MAX_PACKET);
        PollSet polls = new PollSet(sys, 1);
        while (true) {
            polls.clear();
            int _ = polls.add(daemon, PollSet.IN);
            polls.await(Party.NEVER);
            long received = sys.sockets().receiveWithDescriptor(daemon, packet, MAX_PACKET);
            int size = (int) received;
            int result = (int) (received >> 32);
            if (size == -Errno.EAGAIN || size == -Errno.EINTR) {
                continue;
            }
            if (size <= 0) {
                return 0;
            }
            if (result >= 0 && isAwaited(polls, result) && fork(result) == 0) {
                return child(packet, size, result);
            }
            sys.files().close(result);
        }
    }

    /** Whoever has given up meanwhile will not look for what would be started now. */
    private static boolean isAwaited(PollSet polls, int result) {
        polls.clear();
        int index = polls.add(result, PollSet.OUT);
        polls.await(0);
        return (polls.events(index) & PollSet.ERROR) == 0;
    }

    private int fork(int result) {
        try {
            return sys.processes().fork();
        } catch (SyscallException e) {
            refuse(result, e);
            return -1;
        }
    }

    private void refuse(int result, SyscallException e) {
        try {
            byte[] frame = Codec.encode(Failures.of("launcher", e));
            int _ = sys.files().write(result, frame, 0, frame.length);
        } catch (WireException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private int child(Buffer packet, int size, int result) {
        try {
            sys.files().duplicateTo(result, RESULT, 0);
            sys.processes().resetSignals();
            byte[] bundle = new byte[size - 1];
            packet.get(1, bundle, 0, bundle.length);
            sys.processes().changeDirectory(bundle);
            openLog();
            sys.files().closeRange(FIRST_FREE, -1);
            sys.processes().setName(NAME);
            String role = packet.get(0) == 'p' ? "pod" : "container";
            sys.processes().setCommandLine(NAME, new String[] {role, rest(role)});
            packet.free();
            return roles.run(role);
        } catch (SyscallException e) {
            refuse(RESULT, e);
            return 1;
        }
    }

    /** Covers what is left of this process's own role, which is longer. */
    private static String rest(String role) {
        return "\0".repeat(OWN_ROLE.length() - role.length() - 1);
    }

    private void openLog() throws SyscallException {
        int flags =
                FileCalls.O_WRONLY | FileCalls.O_APPEND | FileCalls.O_CREAT | FileCalls.O_NOFOLLOW;
        int log = sys.files().open(FileCalls.AT_FDCWD, "shim.log", flags, 0600);
        sys.files().duplicateTo(log, LOG, 0);
    }
}
