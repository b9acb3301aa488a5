package carafe.bench;

import carafe.bench.table.Results;
import carafe.bench.table.Row;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
                    new StreamScenario(),
                    new ProbesScenario(),
                    new PullsScenario(),
                    new DaemonStartScenario(),
                    new ManyScenario(),
                    new ScaleScenario(),
                    new GrowthScenario());

    private final Results results;
    private final PrintStream out;

    Suite(Results results, PrintStream out) {
        this.results = results;
        this.out = out;
    }

    /**
     * A cgroup that was removed stays in the kernel as long as a page is cached that was charged to
     * it, and whoever counts memory or makes a cgroup meets them all: after thousands of containers
     * of earlier scenarios everything takes longer, for both.
     */
    private static void forgetTheDead() throws IOException {
        Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
    }

    static List<String> names() {
        return ALL.stream().map(Scenario::name).toList();
    }

    /**
     * @param chosen names of scenarios; empty for all
     * @param rounds instead of each scenario's own number
     * @throws IllegalStateException at the end, when a scenario broke off; it keeps its old rows
     */
    void run(List<String> chosen, OptionalInt rounds) throws Exception {
        List<Exception> failures = new ArrayList<>();
        out.println("starting a registry of our own...");
        try (Stage stage = Stage.open(rounds, out)) {
            for (Scenario scenario : ALL) {
                if (!chosen.isEmpty() && !chosen.contains(scenario.name())) {
                    continue;
                }
                long begin = System.nanoTime();
                out.printf("%n%s%n", scenario.name());
                forgetTheDead();
                try {
                    List<Row> rows = scenario.run(stage);
                    out.println(Row.head());
                    rows.forEach(row -> out.println(row.line()));
                    results.replace(scenario.name(), rows);
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) { // whatever it is, the others are worth playing
                    out.printf("%s broke off: %s%n", scenario.name(), e);
                    failures.add(new IllegalStateException("scenario " + scenario.name(), e));
                }
                out.printf("(%d s)%n", (System.nanoTime() - begin) / 1_000_000_000);
            }
        }
        out.printf("%nkept in %s, drawn beside it%n", results.file());
        if (!failures.isEmpty()) {
            IllegalStateException all =
                    new IllegalStateException(failures.size() + " scenarios broke off");
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }
}
