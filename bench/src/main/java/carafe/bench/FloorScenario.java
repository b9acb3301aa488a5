package carafe.bench;

import carafe.bench.table.Row;
import carafe.proto.cri.PodSandboxConfig;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * Create+Start beside what stands below it: the same work by the kernel alone, asked for in C, and
 * a whole {@code runc run}.
 */
final class FloorScenario implements Scenario {
    private static final int ROUNDS = 30;
    private static final int WARM_UPS = 60;

    @Override
    public String name() {
        return "floor";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        stage.out().println(Floor.CRUN);
        if (!Floor.canCompile()) {
            throw new IllegalStateException(
                    "there is no C compiler for the bare loop; install gcc");
        }
        Floor floor = Floor.compile(Files.createDirectory(stage.dir().resolve("floor")));
        floor.bundle();
        try (OwnDaemon own = OwnDaemon.start(stage.images());
                CriCalls calls = new CriCalls(own.node().socket())) {
            Starts starts = new Starts(own.node(), calls);
            for (int i = 0; i < WARM_UPS; i++) {
                double[] _ = starts.measure();
            }
            int rounds = stage.rounds(ROUNDS);
            List<Row> rows = new ArrayList<>();
            rows.add(
                    Duel.fight(1, 2, rounds, starts::measure, floor::measure)
                            .getFirst()
                            .row(name(), "Create + Start", "ms", "bare C loop"));
            rows.add(
                    Duel.fight(1, 2, rounds, starts::measure, floor::runc)
                            .getFirst()
                            .row(name(), "Create + Start", "ms", "runc run of true", 1.0));
            return rows;
        }
    }

    /** Containers in one pod, each removed after it was started. */
    private static final class Starts {
        private final BenchNode node;
        private final CriCalls calls;
        private final PodSandboxConfig pod;
        private final String podId;
        private int containers;

        Starts(BenchNode node, CriCalls calls) throws Exception {
            this.node = node;
            this.calls = calls;
            this.pod = node.hostPod("floor");
            this.podId = calls.runPod(pod);
        }

        double[] measure() throws Exception {
            String name = "c" + ++containers;
            long begin = System.nanoTime();
            String id = calls.create(podId, pod, node.container(name, "sleep", "1000000").build());
            calls.start(id);
            double millis = (System.nanoTime() - begin) / 1e6;
            calls.remove(id);
            return new double[] {millis};
        }
    }
}
