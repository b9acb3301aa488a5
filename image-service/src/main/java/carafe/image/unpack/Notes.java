package carafe.image.unpack;

import carafe.image.snapshot.KnownSums;
import carafe.image.snapshot.StagedLayer;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;

/**
 * What must still be done to a layer when its tar has been read. Hard links into lower layers are
 * kept apart, because making them adds to the rest.
 *
 * @param rest times of directories, implied directories, whiteouts
 * @param links hard links
 * @param sums of the files that were written
 */
record Notes(Journal rest, Journal links, KnownSums sums) implements AutoCloseable {
    /** Two empty journals in files beside the layer. */
    static Notes of(FileCalls calls, StagedLayer staged) throws SyscallException {
        Journal rest = new Journal(calls, staged.scratch("rest"));
        try {
            return new Notes(rest, new Journal(calls, staged.scratch("links")), new KnownSums());
        } catch (SyscallException e) {
            rest.close();
            throw e;
        }
    }

    /** Whether anything in them needs the lower layers. */
    boolean needLower() {
        return rest.needsLower() || links.needsLower();
    }

    @Override
    public void close() {
        rest.close();
        links.close();
    }
}
