package carafe.shim.child;

import carafe.shim.json.JsonException;
import carafe.shim.net.NewPodNetlink;
import carafe.shim.spec.NamespaceType;
import carafe.shim.spec.PodSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;
import java.util.ArrayList;
import java.util.List;

/**
 * Role pod: leaves behind one process that holds the pod's namespaces, and answers on descriptor 1
 * with PodReady or Failed. The working directory is the pod's bundle.
 */
public final class PodRole {
    private static final int RESULT = 1;
    private static final int EXIT_OK = 0;
    private static final int EXIT_FAILED = 1;
    private static final String MEM = "mem";
    private static final int MAX_CHILDREN_BYTES = 256;

    private final Syscalls sys;
    private final Progress progress = new Progress();
    private final BundleFiles bundle;

    public PodRole(Syscalls sys) {
        this.sys = sys;
        this.bundle = new BundleFiles(sys.files(), sys.memory());
    }

    /** Returns the launcher's exit code; the holder never returns. */
    public int run() {
        Reply reply = make();
        boolean isKnown = reply instanceof Reply.PodReady && tell(reply);
        if (!isKnown) {
            endChildren();
        }
        if (reply instanceof Reply.Failed) {
            boolean _ = tell(reply);
        }
        sys.files().close(RESULT);
        return isKnown ? EXIT_OK : EXIT_FAILED;
    }

    private boolean tell(Reply reply) {
        try {
            byte[] frame = Codec.encode(reply);
            return sys.files().write(RESULT, frame, 0, frame.length) == frame.length;
        } catch (WireException e) {
            bundle.note("the result cannot be encoded: " + e.getMessage());
            return false;
        }
    }

    /**
     * Of a pod that nobody gets no process may stay. Asks the kernel for them: a holder may live
     * though its report was lost, and another one may be born of a setup that is just being killed.
     */
    private void endChildren() {
        String list = "/proc/self/task/" + sys.processes().pid() + "/children";
        byte[] pids = new byte[MAX_CHILDREN_BYTES];
        Buffer status = sys.memory().allocate(4);
        try {
            int got = readChildren(list, pids);
            while (got > 0) {
                int pid = 0;
                for (int i = 0; i < got && pids[i] >= '0' && pids[i] <= '9'; i++) {
                    pid = pid * 10 + pids[i] - '0';
                }
                sys.processes().signalChild(pid, ProcessCalls.SIGKILL);
                int _ = sys.processes().wait(pid, status);
                got = readChildren(list, pids);
            }
        } catch (SyscallException e) {
            bundle.note("what is left of a pod that failed: " + e.getMessage());
        } finally {
            status.free();
        }
    }

    private int readChildren(String list, byte[] pids) throws SyscallException {
        int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
        int fd = sys.files().open(FileCalls.AT_FDCWD, list, flags, 0);
        int got = sys.files().read(fd, pids, 0, pids.length);
        sys.files().close(fd);
        return got;
    }

    private Reply make() {
        try {
            progress.at("bundle.read", "shim.json");
            PodSpec pod = PodSpec.parse(bundle.read("shim.json"));
            mountMemory(pod);
            Reply reply = startHolder(pod);
            if (reply instanceof Reply.PodReady ready && pod.shares(NamespaceType.NETWORK)) {
                giveNetlink(ready.pid());
            }
            return reply;
        } catch (SyscallException e) {
            return new Reply.Failed(progress.step(), progress.path(), e.errno(), e.getMessage());
        } catch (RefusedException | JsonException e) {
            String text = String.valueOf(e.getMessage());
            return new Reply.Failed(progress.step(), progress.path(), 0, text);
        }
    }

    /** The one mount a pod has on the machine: what its containers share in memory, bounded. */
    private void mountMemory(PodSpec pod) throws SyscallException, RefusedException {
        if (pod.memBytes() == 0) {
            return;
        }
        progress.at("pod.mem", MEM);
        long attributes = MountCalls.ATTR_NOSUID | MountCalls.ATTR_NODEV | MountCalls.ATTR_NOEXEC;
        List<String> options = new ArrayList<>(List.of("size=" + pod.memBytes(), "mode=0755"));
        FileSystems files = new FileSystems(sys.files(), sys.mounts());
        FileSystems.label("tmpfs", pod.mountLabel(), options);
        int mount = files.make("tmpfs", "tmpfs", options, attributes);
        int flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW;
        int target = sys.files().open(FileCalls.AT_FDCWD, MEM, flags, 0);
        sys.mounts().setAttributes(mount, 0, 0, 0, MountCalls.MS_PRIVATE);
        sys.mounts().attach(mount, target);
        sys.files().close(target);
        sys.files().close(mount);
    }

    private Reply startHolder(PodSpec pod) throws SyscallException, RefusedException {
        progress.at("pod.fork");
        long pipe = sys.files().pipe(0);
        int writer = FileCalls.writeEnd(pipe);
        if (sys.processes().fork() == 0) {
            sys.files().close(FileCalls.readEnd(pipe));
            SetupChild child = new SetupChild(sys, progress, writer);
            child.runAndExit(() -> new PodSetup(sys, progress, child, bundle).run(pod));
        }
        sys.files().close(writer);
        StatusReader reader =
                new StatusReader(sys.files(), FileCalls.readEnd(pipe), sys.memory().allocate(4096));
        int pid = 0;
        boolean isReady = false;
        while (true) {
            switch (reader.next()) {
                case ChildStatus.Born born -> pid = born.pid();
                case ChildStatus.Ready _ -> isReady = true;
                case ChildStatus.Failed failed -> {
                    return new Reply.Failed(
                            failed.step(), failed.path(), failed.errno(), failed.text());
                }
                case null, default -> {
                    // After the end of the pipe the holder has no descriptor any more.
                    return isReady
                            ? ready(pid)
                            : new Reply.Failed("pod.holder", "", 0, "the pod's process died");
                }
            }
        }
    }

    /** The daemon can have the socket later too, by role netsock: the pod is there without it. */
    private void giveNetlink(int holder) {
        try {
            new NewPodNetlink(sys).give(holder);
        } catch (SyscallException e) {
            bundle.note("the daemon gets no netlink socket of the pod now: " + e.getMessage());
        }
    }

    private Reply ready(int pid) throws SyscallException, RefusedException {
        progress.at("pod.pid", "pid");
        long ticks = sys.processes().startTicks(pid);
        if (pid <= 1 || ticks == 0) {
            throw new RefusedException("the pod's process died");
        }
        byte[] line = Utf8.encode(pid + " " + ticks + "\n");
        int flags =
                FileCalls.O_WRONLY
                        | FileCalls.O_CREAT
                        | FileCalls.O_TRUNC
                        | FileCalls.O_NOFOLLOW
                        | FileCalls.O_CLOEXEC;
        int fd = sys.files().open(FileCalls.AT_FDCWD, ".pid.tmp", flags, 0600);
        int written = sys.files().write(fd, line, 0, line.length);
        sys.files().close(fd);
        try {
            if (written != line.length) {
                throw new RefusedException("the pid file cannot be written");
            }
            sys.files().rename(FileCalls.AT_FDCWD, ".pid.tmp", FileCalls.AT_FDCWD, "pid");
        } catch (SyscallException | RefusedException e) {
            // Nobody would know of it: it must not stay.
            sys.processes().signalChild(pid, ProcessCalls.SIGKILL);
            throw e;
        }
        return new Reply.PodReady(pid, ticks);
    }
}
