package carafe.runtime.shim;

import java.io.ByteArrayOutputStream;

/** Keeps all that an exec says. */
final class KeptOutput implements OutputSink {
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    @Override
    public void output(Stream stream, byte[] data, int offset, int length) {
        switch (stream) {
            case STDOUT -> stdout.write(data, offset, length);
            case STDERR -> stderr.write(data, offset, length);
        }
    }

    byte[] stdout() {
        return stdout.toByteArray();
    }

    byte[] stderr() {
        return stderr.toByteArray();
    }
}
