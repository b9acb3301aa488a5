package carafe.shim.pod;

import carafe.shim.json.JsonException;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;

/**
 * Makes a pod, in the launcher: the tmpfs first, because it belongs to the host's mount namespace;
 * then the namespaces, and what is set in them while this process may still; then the holder is
 * forked, which alone stays. Runs after the launcher's common steps (descriptors, signals, name),
 * with the bundle as working directory and the result pipe as descriptor 1.
 */
public final class Pod {
    private static final int MAX_SPEC_BYTES = 1 << 20;
    private static final int RESULT = 1;

    private final Syscalls sys;

    public Pod(Syscalls sys) {
        this.sys = sys;
    }

    /** Exit code of the launcher; in the holder it does not return. */
    public int run() {
        boolean mounted = false;
        try {
            PodSpec spec = spec();
            if (spec.memBytes() > 0) {
                mountMem(spec.memBytes());
                mounted = true;
            }
            enterNamespaces(spec);
            new Sysctls(sys).set(spec.sysctls());
            Reply.PodReady ready = startHolder();
            writePid(ready);
            send(ready);
            return 0;
        } catch (Step e) {
            if (mounted) {
                unmountMem();
            }
            send(e.report());
            return 1;
        }
    }

    private PodSpec spec() throws Step {
        try {
            return PodSpec.parse(read("shim.json"));
        } catch (JsonException e) {
            throw new Step("pod.spec", "shim.json", String.valueOf(e.getMessage()));
        } catch (SyscallException e) {
            throw new Step("pod.spec", e);
        }
    }

    private byte[] read(String name) throws SyscallException {
        FileCalls files = sys.files();
        int fd = files.open(FileCalls.AT_FDCWD, name, FileCalls.O_NOFOLLOW, 0);
        try {
            long size = files.status(fd).size();
            if (size > MAX_SPEC_BYTES) {
                throw new SyscallException("read", name, Errno.EINVAL);
            }
            byte[] content = new byte[(int) size];
            byte[] part = new byte[4096];
            int done = 0;
            while (done < content.length) {
                int count = files.read(fd, part, 0, Math.min(part.length, content.length - done));
                if (count <= 0) {
                    throw new SyscallException("read", name, count < 0 ? -count : Errno.EIO);
                }
                System.arraycopy(part, 0, content, done, count);
                done += count;
            }
            return content;
        } finally {
            files.close(fd);
        }
    }

    private void mountMem(long bytes) throws Step {
        long flags = MountCalls.MS_NOSUID | MountCalls.MS_NODEV | MountCalls.MS_NOEXEC;
        try {
            sys.mounts().mount("tmpfs", "mem", "tmpfs", flags, "mode=0755,size=" + bytes);
        } catch (SyscallException e) {
            throw new Step("pod.mem", e);
        }
        try {
            sys.mounts().mount(null, "mem", null, MountCalls.MS_PRIVATE, null);
        } catch (SyscallException e) {
            unmountMem();
            throw new Step("pod.mem", e);
        }
    }

    private void unmountMem() {
        try {
            sys.mounts().unmount("mem", MountCalls.MNT_DETACH);
        } catch (SyscallException e) {
            // The failure that brought us here is what the daemon must hear of; it unmounts too.
        }
    }

    private void enterNamespaces(PodSpec spec) throws Step {
        try {
            sys.processes().unshare(spec.namespaces());
        } catch (SyscallException e) {
            throw new Step("pod.namespaces", e);
        }
        try {
            if (spec.has(ProcessCalls.CLONE_NEWNET)) {
                sys.sockets().raiseInterface("lo");
            }
        } catch (SyscallException e) {
            throw new Step("pod.loopback", e);
        }
        try {
            if (spec.has(ProcessCalls.CLONE_NEWUTS) && !spec.hostname().isEmpty()) {
                sys.processes().setHostname(spec.hostname());
            }
        } catch (SyscallException e) {
            throw new Step("pod.hostname", e);
        }
    }

    /** Forks the holder and waits until it stands or has said why not. */
    private Reply.PodReady startHolder() throws Step {
        FileCalls files = sys.files();
        try {
            long pipe = files.pipe(0);
            int from = (int) pipe;
            int to = (int) (pipe >>> 32);
            int pid = sys.processes().fork();
            if (pid == 0) {
                files.close(from);
                sys.processes().exit(hold(to));
            }
            files.close(to);
            Buffer one = sys.memory().allocate(1);
            int count = files.read(from, one, 0, 1);
            files.close(from);
            if (count != 1) {
                sys.processes().wait(pid, sys.memory().allocate(4));
                throw new Step("pod.holder", "", "the process that holds the pod ended early");
            }
            return new Reply.PodReady(pid, sys.processes().startTicks(pid));
        } catch (SyscallException e) {
            throw new Step("pod.holder", e);
        }
    }

    private int hold(int ready) {
        try {
            new Holder(sys).hold(ready);
        } catch (SyscallException e) {
            send(new Step("pod.holder", e).report());
        }
        return 1;
    }

    /** The holder's identity, on disk before anybody is told, for a daemon that dies right now. */
    private void writePid(Reply.PodReady holder) throws Step {
        byte[] line = Utf8.encode(holder.pid() + " " + holder.startTicks() + "\n");
        FileCalls files = sys.files();
        int flags = FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_TRUNC;
        try {
            int fd = files.open(FileCalls.AT_FDCWD, ".pid.tmp", flags, 0600);
            int count = files.write(fd, line, 0, line.length);
            files.close(fd);
            if (count != line.length) {
                throw new SyscallException("write", "pid", count < 0 ? -count : Errno.ENOSPC);
            }
            files.rename(FileCalls.AT_FDCWD, ".pid.tmp", FileCalls.AT_FDCWD, "pid");
        } catch (SyscallException e) {
            killHolder(holder.pid());
            throw new Step("pod.pid", e);
        }
    }

    private void killHolder(int pid) {
        try {
            sys.processes().signalChild(pid, ProcessCalls.SIGKILL);
        } catch (SyscallException e) {
            // It has ended already.
        }
    }

    private void send(Message message) {
        try {
            byte[] frame = Codec.encode(message);
            int done = 0;
            while (done < frame.length) {
                int count = sys.files().write(RESULT, frame, done, frame.length - done);
                if (count <= 0) {
                    return;
                }
                done += count;
            }
        } catch (WireException e) {
            // A text too long for a frame: the daemon sees the end without a result.
        }
    }
}
