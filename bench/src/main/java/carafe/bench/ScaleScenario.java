package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * 10, 100 and 1,000 running containers of both: what lists, a status and a start take, and the
 * memory of shims.
 */
final class ScaleScenario implements Scenario {
    private static final List<Integer> SIZES = List.of(10, 100, 1000);
    private static final int ROUNDS = 30;

    /** As on a node that is an hour old: kubelet lists once a second. Both have the same. */
    private static final int WARM_UPS = 3600;

    private static final int LISTS_PER_START = 100;

    private static final double LIST_TARGET = 1.0;

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        try (Pair pair = stage.pair();
                Population ours = new Population(pair.ours());
                Population theirs = new Population(pair.theirs())) {
            int rounds = stage.rounds(ROUNDS);
            List<Row> rows = new ArrayList<>();
            for (int size : SIZES) {
                stage.out().println("  " + size + " containers...");
                ours.growTo(size);
                theirs.growTo(size);
                if (size == SIZES.getFirst()) {
                    warmUp(ours);
                    warmUp(theirs);
                }
                rows.addAll(lists(ours, theirs, size, rounds));
                rows.addAll(starts(ours, theirs, size, rounds));
            }
            return rows;
        }
    }

    private static void warmUp(Population of) throws IOException {
        for (int i = 0; i < WARM_UPS; i++) {
            double[] _ = lists(of);
            if (i % LISTS_PER_START == 0) {
                double _ = of.startOneMore();
            }
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

    private List<Row> starts(Population ours, Population theirs, int size, int rounds)
            throws Exception {
        List<Row> rows = new ArrayList<>();
        Paired pairs =
                Duel.fight(
                                1,
                                2,
                                rounds,
                                () -> new double[] {ours.startOneMore()},
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
        return rows;
    }
}
