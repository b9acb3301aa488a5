package carafe.bench;

import java.io.IOException;
import java.nio.file.Path;

/** The kernel's own bill for a pod's network: a C program that makes the same netlink calls. */
final class BareNetwork {
    private static final int PODS = 10;

    private final Path program;

    private BareNetwork(Path program) {
        this.program = program;
    }

    /**
     * @param dir for the program
     */
    static BareNetwork compile(Path dir) throws IOException, InterruptedException {
        return new BareNetwork(Programs.compile("bare_network", dir));
    }

    /** Milliseconds for one pod, the mean of ten. */
    double measure() throws IOException, InterruptedException {
        return Double.parseDouble(
                Programs.run(program.toString(), "cfbare", Integer.toString(PODS)));
    }
}
