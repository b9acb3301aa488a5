package carafe.bench;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import carafe.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What containers print, on its way into their logs: how fast, and at what CPU time. */
final class LogScenario implements Scenario {
    private static final int ROUNDS = 11;
    private static final int MEGABYTE = 1_000_000;
    private static final int ALONE_MB = 200;
    private static final int EACH_OF_TEN_MB = 30;
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    /** Twice the throughput per CPU second. */
    private static final double CPU_TARGET = 0.5;

    /** A hundred bytes with its end, which is what log lines are like. */
    private static final String LINE =
            "a line of a log that says what happened and to whom ".repeat(2).substring(0, 99);

    /** Of a time with nothing behind the second, {@code Z}, a stream and a tag. */
    private static final int PREFIX_LEAST = "2026-01-01T00:00:00Z stdout F ".length();

    @Override
    public String name() {
        return "logs";
    }

    @Override
    public List<Row> run(Stage stage) throws Exception {
        try (Pair pair = stage.pair()) {
            List<Row> rows = new ArrayList<>();
            Printers ours = new Printers(pair.ours());
            Printers theirs = new Printers(pair.theirs());
            for (int containers : List.of(1, 10)) {
                int each = containers == 1 ? ALONE_MB : EACH_OF_TEN_MB;
                List<Paired> pairs =
                        Duel.fight(
                                2,
                                1,
                                stage.rounds(ROUNDS),
                                () -> ours.measure(containers, each),
                                () -> theirs.measure(containers, each));
                String what = "log of " + containers + " container" + (containers > 1 ? "s" : "");
                rows.add(pairs.get(0).row(name(), what, "ms/MB", "containerd"));
                rows.add(
                        pairs.get(1)
                                .row(
                                        name(),
                                        what + ", daemon + shims",
                                        "CPU s/GB",
                                        "containerd",
                                        CPU_TARGET));
            }
            return rows;
        }
    }

    /** One peer's containers that print. */
    private static final class Printers {
        private final Peer peer;
        private int pods;

        Printers(Peer peer) {
            this.peer = peer;
        }

        double[] measure(int containers, int megabytes) throws Exception {
            PodSandboxConfig pod = peer.node().hostPod("printers-" + ++pods);
            long bytes = (long) megabytes * MEGABYTE;
            try (CriCalls calls = new CriCalls(peer.node().socket())) {
                String podId = calls.runPod(pod);
                List<String> ids = new ArrayList<>();
                List<Path> logs = new ArrayList<>();
                for (int i = 0; i < containers; i++) {
                    String name = "c" + i;
                    ids.add(
                            calls.create(
                                    podId,
                                    pod,
                                    peer.node()
                                            .container(
                                                    name,
                                                    "sh",
                                                    "-c",
                                                    "yes '" + LINE + "' | head -c " + bytes)
                                            .build()));
                    logs.add(Path.of(pod.getLogDirectory(), name + ".log"));
                }
                double cpu = peer.cpu().runtime();
                long begin = System.nanoTime();
                for (String id : ids) {
                    calls.start(id);
                }
                for (Path log : logs) {
                    await(log, bytes);
                }
                double seconds = (System.nanoTime() - begin) / 1e9;
                double used = peer.cpu().runtime() - cpu;
                calls.stopPod(podId);
                calls.removePod(podId);
                for (Path log : logs) {
                    Files.deleteIfExists(log);
                }
                double all = (double) containers * megabytes;
                return new double[] {1e3 * seconds / all, 1e3 * used / all};
            }
        }

        /** Until the log holds all lines, each with its time, stream and tag before it. */
        private void await(Path log, long bytes) throws IOException, InterruptedException {
            long whole = bytes / (LINE.length() + 1) * (LINE.length() + 1 + PREFIX_LEAST);
            long end = System.nanoTime() + DEADLINE.toNanos();
            while (!Files.exists(log) || Files.size(log) < whole) {
                if (System.nanoTime() > end) {
                    throw new IOException(
                            peer.name() + ": " + log + " has not got all of " + bytes + " bytes");
                }
                Thread.sleep(5);
            }
        }
    }
}
