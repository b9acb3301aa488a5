package carafe.shim.pump;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.MessageType;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;
import org.jspecify.annotations.Nullable;

/** The clients that take part in the container's streams, a bounded number. */
final class AttachClients {
    /** Most clients at a time. */
    static final int PLACES = 32;

    private static final int TYPE_OFFSET = Frames.PREFIX_BYTES + 1;
    private static final int STREAM_OFFSET = Frames.PREFIX_BYTES + Frames.HEAD_BYTES;
    private static final int COUNT_OFFSET = STREAM_OFFSET + 1;
    private static final int SMALL_FRAME = 256;

    private final Syscalls sys;
    private final ContainerInput input;
    private final Buffer scratch;
    private final Buffer frame;
    private final @Nullable AttachClient[] clients = new AttachClient[PLACES];
    private int count;

    /**
     * @param scratch memory for input, only used within a call
     */
    AttachClients(Syscalls sys, ContainerInput input, Buffer scratch) {
        this.sys = sys;
        this.input = input;
        this.scratch = scratch;
        this.frame = sys.memory().allocate(SMALL_FRAME);
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Takes a client in, or tells it why not. */
    void add(int socket, AttachFlags flags) {
        AttachClient client = new AttachClient(sys, socket, flags, input, scratch);
        for (int i = 0; i < PLACES; i++) {
            if (clients[i] == null) {
                clients[i] = client;
                count++;
                send(client, new Reply.Attached());
                return;
            }
        }
        String text = PLACES + " clients are attached";
        send(client, new Reply.Failed("attach", "", Errno.EAGAIN, text));
        client.close();
    }

    /**
     * Output for whoever wants it.
     *
     * @param bytes room for a frame's head, then {@code length} bytes of output
     * @param stream its number on the wire
     */
    void output(int stream, Buffer bytes, int length) {
        if (count == 0) {
            return;
        }
        int whole = Frames.OUTPUT_BYTES_OFFSET + length;
        bytes.putInt(0, Integer.reverseBytes(whole - Frames.PREFIX_BYTES));
        bytes.put(Frames.PREFIX_BYTES, (byte) Frames.VERSION);
        bytes.put(TYPE_OFFSET, (byte) MessageType.OUTPUT);
        bytes.put(STREAM_OFFSET, (byte) stream);
        bytes.putInt(COUNT_OFFSET, Integer.reverseBytes(length));
        long now = nowNanos();
        for (int i = 0; i < PLACES; i++) {
            AttachClient client = clients[i];
            if (client != null && client.wants(stream)) {
                client.send(bytes, 0, whole, now);
                dropIfGone(i, client);
            }
        }
    }

    /** The streams have ended: says so to all. */
    void end() {
        for (AttachClient client : clients) {
            if (client != null) {
                send(client, new Reply.AttachEnded());
            }
        }
        dropIdle();
    }

    /** Forgets whoever has taken everything. */
    void dropIdle() {
        for (int i = 0; i < PLACES; i++) {
            AttachClient client = clients[i];
            if (client != null && !client.isBehind()) {
                drop(i, client);
            }
        }
    }

    void join(PumpPolls polls) {
        for (AttachClient client : clients) {
            if (client != null) {
                client.join(polls);
            }
        }
    }

    void serve(PumpPolls polls) {
        if (count == 0) {
            return;
        }
        long now = nowNanos();
        for (int i = 0; i < PLACES; i++) {
            AttachClient client = clients[i];
            if (client != null) {
                client.serve(polls, now);
                dropIfGone(i, client);
            }
        }
    }

    /** When one of them must be dropped, in monotonic nanoseconds. */
    long deadlineNanos() {
        long earliest = Long.MAX_VALUE;
        for (AttachClient client : clients) {
            if (client != null) {
                earliest = Math.min(earliest, client.deadlineNanos());
            }
        }
        return earliest;
    }

    private void dropIfGone(int place, AttachClient client) {
        if (client.isGone()) {
            drop(place, client);
        }
    }

    private void drop(int place, AttachClient client) {
        clients[place] = null;
        count--;
        client.close();
    }

    private void send(AttachClient client, Reply reply) {
        try {
            byte[] bytes = Codec.encode(reply);
            frame.put(0, bytes, 0, bytes.length);
            client.send(frame, 0, bytes.length, nowNanos());
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    private long nowNanos() {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
    }
}
