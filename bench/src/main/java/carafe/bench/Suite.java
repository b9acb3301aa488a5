package carafe.bench;

import carafe.bench.table.Results;
import carafe.bench.table.Row;
import java.io.PrintStream;
import java.util.List;
import java.util.OptionalInt;

/** Plays scenarios one after the other, prints their rows and keeps them. Used by one thread. */
final class Suite {
    private static final List<Scenario> ALL =
            List.of(
                    new ExecScenario(),
                    new PodScenario(),
                    new NetworkScenario(),
                    new FloorScenario(),
                    new LogScenario(),
                    new ProbesScenario(),
                    new DaemonStartScenario(),
                    new ManyScenario(),
                    new ScaleScenario());

    private final Results results;
    private final PrintStream out;

    Suite(Results results, PrintStream out) {
        this.results = results;
        this.out = out;
    }

    static List<String> names() {
        return ALL.stream().map(Scenario::name).toList();
    }

    /**
     * @param chosen names of scenarios; empty for all
     * @param rounds instead of each scenario's own number
     */
    void run(List<String> chosen, OptionalInt rounds) throws Exception {
        out.println("starting a registry of our own...");
        try (Stage stage = Stage.open(rounds, out)) {
            for (Scenario scenario : ALL) {
                if (!chosen.isEmpty() && !chosen.contains(scenario.name())) {
                    continue;
                }
                long begin = System.nanoTime();
                out.printf("%n%s%n", scenario.name());
                List<Row> rows = scenario.run(stage);
                out.println(Row.head());
                rows.forEach(row -> out.println(row.line()));
                out.printf("(%d s)%n", (System.nanoTime() - begin) / 1_000_000_000);
                results.replace(scenario.name(), rows);
            }
        }
        out.printf("%nkept in %s, drawn beside it%n", results.file());
    }
}
