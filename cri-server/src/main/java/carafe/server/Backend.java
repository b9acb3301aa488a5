package carafe.server;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.image.ImageService;
import carafe.runtime.api.ContainerRuntime;

/** What the RPCs call: the runtime and the images, with everything below them. */
record Backend(ContainerRuntime runtime, ImageService images, Closer closer)
        implements AutoCloseable {
    static Backend open(CarafeConfig config) {
        throw new CarafeException.Unsupported(
                "this build has no runtime yet: " + config.storage().root());
    }

    /** Finds what an earlier daemon left running. */
    void recover() {}

    @Override
    public void close() {
        closer.close();
    }
}
