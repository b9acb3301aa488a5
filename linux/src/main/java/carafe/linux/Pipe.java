package carafe.linux;

/**
 * A pipe whose reading end does not block. Both ends belong to the holder of this record.
 *
 * @param reader answers EAGAIN while the pipe is empty
 */
public record Pipe(Fd reader, Fd writer) implements AutoCloseable {
    private static final int F_SETFL = 4;

    /** A fresh pipe, both ends close-on-exec. */
    public static Pipe open() throws SyscallException {
        int[] fds = new int[2];
        NativeCall.run("pipe2", "", () -> LibC.pipe2(fds, Fd.O_CLOEXEC));
        Pipe pipe = new Pipe(new Fd(fds[0]), new Fd(fds[1]));
        try {
            NativeCall.run("fcntl", "pipe", () -> LibC.fcntl(fds[0], F_SETFL, Fd.O_NONBLOCK));
            return pipe;
        } catch (SyscallException e) {
            pipe.close();
            throw e;
        }
    }

    @Override
    public void close() {
        reader.close();
        writer.close();
    }
}
