package carafe.shim.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A compiled seccomp filter that refuses one system call with EPERM and allows the rest. */
final class Filter {
    private static final int ALLOW = 0x7fff0000;
    private static final int ERRNO_EPERM = 0x00050001;

    private Filter() {}

    static void refusing(int call, Path file) throws IOException {
        ByteBuffer program = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        program.putInt(0x20).putInt(0);
        program.putInt(0x15 | (1 << 24)).putInt(call);
        program.putInt(0x06).putInt(ERRNO_EPERM);
        program.putInt(0x06).putInt(ALLOW);
        Files.write(file, program.array());
    }
}
