package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * 10, 100 and 1,000 running containers: what lists and a status take, and whether a start and a
 * container's memory cost the same however many there are.
 */
final class ScaleScenario implements Scenario {
    private static final List<Integer> SIZES = List.of(10, 100, 1000);
    private static final int ROUNDS = 30;

    /** As on a node that has listed and started for some minutes. */
    private static final int OUR_WARM_UPS = 300;

    private static final double LIST_TARGET = 1.0;
    private static final double FLAT = 1.2;

    @Override
    public String name() {
        return "scale";
    }

    /** Carafe's figures at one size. */
    private record Size(int containers, List<Double> starts, double keepersMib, double daemonMib) {}

    @Override
    public List<Row> run(Stage stage) throws Exception {
        try (Pair pair = stage.pair();
                Population ours = new Population(pair.ours());
                Population theirs = new Population(pair.theirs())) {
            int rounds = stage.rounds(ROUNDS);
            List<Row> rows = new ArrayList<>();
            List<Size> sizes = new ArrayList<>();
            for (int size : SIZES) {
                stage.out().println("  " + size + " containers...");
                ours.growTo(size);
                theirs.growTo(size);
                for (int i = 0; i < OUR_WARM_UPS; i++) {
                    double _ = status(ours);
                    if (i % 10 == 0) {
                        double _ = lists(ours)[0] + ours.startOneMore();
                    }
                }
                rows.addAll(lists(ours, theirs, size, rounds));
                sizes.add(starts(rows, ours, theirs, size, rounds));
            }
            rows.addAll(growth(sizes.getFirst(), sizes.getLast()));
            return rows;
        }
    }

    private List<Row> lists(Population ours, Population theirs, int size, int rounds)
            throws Exception {
        List<Paired> pairs = Duel.fight(3, 2, rounds, () -> lists(ours), () -> lists(theirs));
        Double target = size == SIZES.getLast() ? LIST_TARGET : null;
        String with = ", " + size + " containers";
        return List.of(
                pairs.get(0).row(name(), "ListContainers" + with, "ms", "containerd", target),
                pairs.get(1).row(name(), "ListPodSandbox" + with, "ms", "containerd", target),
                pairs.get(2).row(name(), "ContainerStatus" + with, "ms", "containerd", target));
    }

    private static double[] lists(Population of) throws IOException {
        long begin = System.nanoTime();
        int _ = of.calls().listContainers();
        long listed = System.nanoTime();
        int _ = of.calls().listPods();
        long pods = System.nanoTime();
        return new double[] {(listed - begin) / 1e6, (pods - listed) / 1e6, status(of)};
    }

    private static double status(Population of) throws IOException {
        long begin = System.nanoTime();
        int _ = of.calls().status(of.containers().getFirst());
        return (System.nanoTime() - begin) / 1e6;
    }

    private Size starts(List<Row> rows, Population ours, Population theirs, int size, int rounds)
            throws Exception {
        List<Double> mine = new ArrayList<>();
        Paired pairs =
                Duel.fight(
                                1,
                                2,
                                rounds,
                                () -> {
                                    mine.add(ours.startOneMore());
                                    return new double[] {mine.getLast()};
                                },
                                () -> new double[] {theirs.startOneMore()})
                        .getFirst();
        rows.add(
                pairs.row(name(), "Create + Start beside " + size + " others", "ms", "containerd"));
        Memory keepers = Memory.of(ours.peer().keepers());
        Memory theirKeepers = Memory.of(theirs.peer().keepers());
        Paired memory = new Paired();
        memory.add(keepers.pssMib() / size, theirKeepers.pssMib() / size);
        rows.add(
                memory.row(
                        name(),
                        "memory of shims per container, " + size + " containers, PSS",
                        "MiB",
                        "containerd"));
        double daemon = Memory.of(List.of(ours.peer().daemonPid())).rssMib();
        return new Size(size, mine.subList(2, mine.size()), keepers.pssMib(), daemon);
    }

    /** Carafe beside itself. */
    private List<Row> growth(Size few, Size many) {
        Paired starts = new Paired();
        for (int i = 0; i < few.starts().size(); i++) {
            starts.add(many.starts().get(i), few.starts().get(i));
        }
        Paired memory = new Paired();
        // The same shims, weighed once each: nothing is left to chance but for a page here and
        // there.
        for (int i = 0; i < Math.min(3, few.starts().size()); i++) {
            memory.add(many.keepersMib() / many.containers(), few.keepersMib() / few.containers());
        }
        Paired daemon = new Paired();
        daemon.add(many.daemonMib(), few.daemonMib());
        String beside = "with " + few.containers();
        String with = " with " + many.containers();
        return List.of(
                starts.row(name(), "Create + Start" + with, "ms", beside, FLAT),
                memory.row(name(), "shims' PSS per container" + with, "MiB", beside, FLAT),
                daemon.row(name(), "daemon's RSS" + with, "MiB", beside));
    }
}
