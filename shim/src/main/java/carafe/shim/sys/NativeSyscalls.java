package carafe.shim.sys;

/** Makes the calls of the compiled program. Not for a JVM. */
public final class NativeSyscalls {
    private NativeSyscalls() {}

    public static Syscalls open() {
        return on(new NativeKernel());
    }

    static Syscalls on(Kernel kernel) {
        Calls calls = new Calls(kernel);
        return new Syscalls(
                new KernelFiles(calls),
                new KernelProcesses(calls),
                new KernelCredentials(calls),
                new KernelMounts(calls),
                new KernelSockets(calls),
                new KernelWaits(calls),
                size -> new Buffer(kernel, size));
    }
}
