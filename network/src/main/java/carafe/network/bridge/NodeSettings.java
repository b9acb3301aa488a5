package carafe.network.bridge;

import carafe.linux.KernelFiles;
import carafe.linux.SyscallException;
import java.nio.file.Path;

/** Settings of the node's network, files below /proc and /sys. */
public interface NodeSettings {
    String read(String path) throws SyscallException;

    void write(String path, String value) throws SyscallException;

    /** This node's. */
    static NodeSettings ofNode() {
        return new NodeSettings() {
            @Override
            public String read(String path) throws SyscallException {
                return KernelFiles.read(Path.of(path)).strip();
            }

            @Override
            public void write(String path, String value) throws SyscallException {
                KernelFiles.write(Path.of(path), value);
            }
        };
    }
}
