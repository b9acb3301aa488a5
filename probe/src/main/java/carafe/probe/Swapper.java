package carafe.probe;

/** Exchanges two names as fast as it can, until it is killed. */
final class Swapper {
    private static final int HERE = -100;
    private static final int EXCHANGE = 2;

    private final long a;
    private final long b;

    Swapper(String a, String b) {
        this.a = new Files().putPath(a);
        this.b = new Files().putPath(b);
    }

    void run() {
        long number = Calls.onArm64() ? 276 : 316;
        while (Libc.syscall(number, HERE, a, HERE, b, EXCHANGE) == 0) {
            Libc.sleepMicros(50);
        }
        Libc.exit(Files.errno());
    }
}
