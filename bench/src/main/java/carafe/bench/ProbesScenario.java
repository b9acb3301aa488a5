package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A hundred sleeping containers of each, at the same time: first nobody asks for anything, then
 * each container is probed every ten seconds. CPU time is told apart by cgroups, so both have the
 * same seconds.
 */
final class ProbesScenario implements Scenario {
    private static final int CONTAINERS = 100;
    private static final long PERIOD_MILLIS = 10_000;
    private static final int PERIODS = 12;
    private static final int WINDOWS = 11;
    private static final long WINDOW_MILLIS = 5_000;
    private static final int WARM_UPS = 3000;
    private static final double TARGET = 0.15;

    @Override
    public String name() {
        return "exec-probes";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        try (Pair pair = stage.pair();
                Population ours = new Population(pair.ours());
                Population theirs = new Population(pair.theirs())) {
            ours.growTo(CONTAINERS);
            theirs.growTo(CONTAINERS);
            try (Probed mine = Probed.of(ours);
                    Probed other = Probed.of(theirs)) {
                for (int i = 0; i < WARM_UPS; i++) {
                    mine.probe(i);
                }
                Thread.sleep(PERIOD_MILLIS);
                List<Row> rows = new ArrayList<>();
                rows.add(idle(pair, stage.rounds(WINDOWS)));
                rows.add(probes(pair, mine, other, stage.rounds(PERIODS)));
                return rows;
            }
        }
    }

    private Row idle(Pair pair, int windows) throws Exception {
        Paired pairs = new Paired();
        for (int i = 0; i < windows; i++) {
            double[] used = used(pair, () -> Thread.sleep(WINDOW_MILLIS));
            pairs.add(
                    60_000 * 1e3 * used[0] / WINDOW_MILLIS, 60_000 * 1e3 * used[1] / WINDOW_MILLIS);
        }
        return pairs.row(
                name(),
                "at rest with 100 containers, daemon + shims, a minute",
                "CPU ms",
                "containerd");
    }

    private Row probes(Pair pair, Probed mine, Probed other, int periods) throws Exception {
        Paired pairs = new Paired();
        for (int i = -1; i < periods; i++) {
            double[] used = used(pair, () -> period(mine, other));
            if (i >= 0) {
                double perMinute = 1e3 * 60_000.0 / PERIOD_MILLIS;
                pairs.add(perMinute * used[0], perMinute * used[1]);
            }
        }
        return pairs.row(
                name(), "100 exec probes every 10 s, a minute", "CPU ms", "containerd", TARGET);
    }

    /** A hundred of each, evenly over ten seconds, the peer's half way between ours. */
    private static void period(Probed mine, Probed other) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        long step = PERIOD_MILLIS / CONTAINERS;
        for (int i = 0; i < CONTAINERS; i++) {
            sleepUntil(begin, i * step);
            mine.probe(i);
            sleepUntil(begin, i * step + step / 2);
            other.probe(i);
        }
        sleepUntil(begin, PERIOD_MILLIS);
    }

    private static void sleepUntil(long begin, long millis) throws InterruptedException {
        long left = millis - (System.nanoTime() - begin) / 1_000_000;
        if (left > 0) {
            Thread.sleep(left);
        }
    }

    private interface While {
        void pass() throws IOException, InterruptedException;
    }

    /** Seconds of CPU of ours and theirs. */
    private static double[] used(Pair pair, While time) throws IOException, InterruptedException {
        double ours = pair.ours().cpu().total();
        double theirs = pair.theirs().cpu().total();
        time.pass();
        return new double[] {
            pair.ours().cpu().total() - ours, pair.theirs().cpu().total() - theirs
        };
    }

    /** One peer's containers, each with its prober. */
    private record Probed(List<Prober> probers) implements AutoCloseable {
        static Probed of(Population population) throws IOException {
            List<Prober> probers = new ArrayList<>();
            for (String id : population.containers()) {
                probers.add(Prober.of(population.peer().node().socket(), id));
            }
            return new Probed(probers);
        }

        void probe(int which) throws IOException {
            double _ = probers.get(which % probers.size()).probe();
        }

        @Override
        public void close() throws IOException {
            for (Prober each : probers) {
                each.close();
            }
        }
    }
}
