package carafe.probe;

/**
 * Without arguments prints one line of JSON about itself. With {@code stay} waits afterwards until
 * it is killed. {@code swap A B} exchanges two names for ever; {@code peer} tells what it can see
 * of every other process; {@code churn} tries the collector with a heap full of holes; {@code churn
 * grow} with one that grew first.
 */
public final class Main {
    private static final int EXIT_USAGE = 2;

    private Main() {}

    public static void main(String[] args) {
        String mode = args.length == 0 ? "" : args[0];
        switch (mode) {
            case "" -> new Report().print();
            case "stay" -> {
                new Report().print();
                while (true) {
                    Libc.pause();
                }
            }
            case "swap" -> new Swapper(args[1], args[2]).run();
            case "peer" -> new Peer().run();
            case "churn" -> {
                if (args.length > 1) {
                    Libc.growHeap();
                }
                Libc.exit(new Churn().run());
            }
            default -> Libc.exit(EXIT_USAGE);
        }
        Libc.exit(0);
    }
}
