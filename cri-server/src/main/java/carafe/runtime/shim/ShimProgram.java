package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.linux.SealedMemfd;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The program all shims of this daemon run from: one copy in memory that nobody can change. */
public final class ShimProgram implements AutoCloseable {
    /** The program's name in /proc. */
    static final String NAME = "carafe-shim";

    private static final String RESOURCE = "/carafe/shim/carafe-shim";

    private final SealedMemfd memory;

    private ShimProgram(SealedMemfd memory) {
        this.memory = memory;
    }

    /** The program that this build of Carafe comes with. */
    public static ShimProgram bundled() {
        try (InputStream in = ShimProgram.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new CarafeException.Internal(
                        "this build has no shim (" + RESOURCE + "); build it again");
            }
            return of(in);
        } catch (IOException e) {
            throw new CarafeException.Internal("copy the shim into memory", e);
        }
    }

    /** Another program, for tests. */
    static ShimProgram of(InputStream program) throws IOException {
        return new ShimProgram(SealedMemfd.of(NAME, program));
    }

    Path path() {
        return memory.path();
    }

    @Override
    public void close() {
        memory.close();
    }
}
