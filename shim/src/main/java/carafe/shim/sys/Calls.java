package carafe.shim.sys;

/** What the groups of calls share: the kernel, scratch memory, and the check of results. */
final class Calls {
    private final Kernel kernel;
    private final Scratch scratch;

    Calls(Kernel kernel) {
        this.kernel = kernel;
        this.scratch = new Scratch(kernel);
    }

    Kernel kernel() {
        return kernel;
    }

    /** Gives up the arguments of the call before. */
    Scratch begin() {
        return scratch.begin();
    }

    long call(int call) {
        return kernel.call(call, 0, 0, 0, 0, 0, 0);
    }

    long call(int call, long a) {
        return kernel.call(call, a, 0, 0, 0, 0, 0);
    }

    long call(int call, long a, long b) {
        return kernel.call(call, a, b, 0, 0, 0, 0);
    }

    long call(int call, long a, long b, long c) {
        return kernel.call(call, a, b, c, 0, 0, 0);
    }

    long call(int call, long a, long b, long c, long d) {
        return kernel.call(call, a, b, c, d, 0, 0);
    }

    long call(int call, long a, long b, long c, long d, long e) {
        return kernel.call(call, a, b, c, d, e, 0);
    }

    long call(int call, long a, long b, long c, long d, long e, long f) {
        return kernel.call(call, a, b, c, d, e, f);
    }

    /** The result, or the exception of its error number. */
    long check(String name, String subject, long result) throws SyscallException {
        if (result < 0) {
            throw new SyscallException(name, subject, (int) -result);
        }
        return result;
    }

    String text(long address, int length) {
        byte[] bytes = new byte[length];
        kernel.copyOut(address, bytes, 0, length);
        return Utf8.decode(bytes, 0, length);
    }
}
