package carafe.bench.pull;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;

/**
 * Pulls and unpacks the same images with Carafe and containerd, in turn. Each pull has a new daemon
 * on a newly made ext4 in a file on tmpfs; before the clock starts it pulls a small image of
 * another name; the clock stops when everything is on the disk.
 */
public final class PullBench {
    private static final int USUAL_PAIRS = 11;
    private static final double MILLIS = 1e3;
    private static final Path TMPFS = Path.of("/dev/shm");

    private final PrintStream out;
    private final PullImages images;
    private final Path disks;

    private PullBench(PrintStream out, PullImages images, Path disks) {
        this.out = out;
        this.images = images;
        this.disks = disks;
    }

    /**
     * All images, as rows of the table: until everything is on the disk, and CPU time.
     *
     * @param dir for the images
     */
    public static List<Row> rows(Path dir, String scenario, int pairs, PrintStream out)
            throws Exception {
        Path disks = Files.createTempDirectory(TMPFS, "carafe-bench-pull-");
        try (Closeable _ = () -> Files.delete(disks);
                PullImages images = PullImages.open(dir)) {
            PullBench bench = new PullBench(out, images, disks);
            List<Row> rows = new ArrayList<>();
            for (PullImages.Kind kind : usual()) {
                String words = "pull of " + kind.words();
                Compared compared = bench.run(kind, pairs);
                rows.add(
                        compared.wall()
                                .row(scenario, words, "ms", "containerd", kind.greatestRatio()));
                rows.add(compared.cpu().row(scenario, words, "CPU ms", "containerd"));
            }
            return rows;
        }
    }

    /**
     * @param dir for the images
     * @param words how many pairs, then which images; 11 pairs of all by default
     */
    public static void run(Path dir, List<String> words, PrintStream out) throws Exception {
        int pairs = words.isEmpty() ? USUAL_PAIRS : Integer.parseInt(words.getFirst());
        List<PullImages.Kind> kinds =
                words.stream()
                        .skip(1)
                        .map(word -> PullImages.Kind.valueOf(word.toUpperCase(Locale.ROOT)))
                        .toList();
        Path disks = Files.createTempDirectory(TMPFS, "carafe-bench-pull-");
        try (Closeable _ = () -> Files.delete(disks);
                PullImages images = PullImages.open(dir)) {
            PullBench bench = new PullBench(out, images, disks);
            out.printf(
                    "unpigz %s, igzip %s, libisal %s, %d processors%n",
                    there("/usr/bin/unpigz"),
                    there("/usr/bin/igzip"),
                    there("/usr/lib/x86_64-linux-gnu/libisal.so.2"),
                    Runtime.getRuntime().availableProcessors());
            for (PullImages.Kind kind : kinds.isEmpty() ? usual() : kinds) {
                Compared _ = bench.run(kind, pairs);
            }
        }
    }

    private static List<PullImages.Kind> usual() {
        return List.of(PullImages.Kind.MANY, PullImages.Kind.BIG, PullImages.Kind.ZSTD);
    }

    private static String there(String path) {
        return Files.exists(Path.of(path)) ? "present" : "absent";
    }

    /** What one pull cost. */
    private record Cost(double seconds, double cpuSeconds, double peakMib) {}

    /** Milliseconds of all pairs. */
    private record Compared(Paired wall, Paired cpu) {
        static Compared of(List<Cost> ours, List<Cost> theirs) {
            Paired wall = new Paired();
            Paired cpu = new Paired();
            for (int i = 0; i < ours.size(); i++) {
                wall.add(ours.get(i).seconds() * MILLIS, theirs.get(i).seconds() * MILLIS);
                cpu.add(ours.get(i).cpuSeconds() * MILLIS, theirs.get(i).cpuSeconds() * MILLIS);
            }
            return new Compared(wall, cpu);
        }
    }

    private Compared run(PullImages.Kind kind, int pairs) throws Exception {
        List<Cost> ours = new ArrayList<>();
        List<Cost> theirs = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            boolean oursFirst = i % 2 == 0;
            if (oursFirst) {
                ours.add(pull(PulledBy.Puller.CARAFE, kind));
            }
            theirs.add(pull(PulledBy.Puller.CONTAINERD, kind));
            if (!oursFirst) {
                ours.add(pull(PulledBy.Puller.CARAFE, kind));
            }
            ratios.add(theirs.getLast().seconds() / ours.getLast().seconds());
            out.printf(
                    Locale.ROOT,
                    "  %s pair %d: carafe %s, containerd %s, %.2f times as fast%n",
                    kind,
                    i + 1,
                    ours.getLast(),
                    theirs.getLast(),
                    ratios.getLast());
        }
        out.printf(
                Locale.ROOT,
                "%-5s %2d pairs: %.2f times as fast (%.2f-%.2f); carafe %s, heap +%.0f MiB, containerd %s%n",
                kind,
                pairs,
                median(ratios),
                ratios.stream().mapToDouble(x -> x).min().orElse(0),
                ratios.stream().mapToDouble(x -> x).max().orElse(0),
                medians(ours),
                heapGrowthMib(kind),
                medians(theirs));
        return Compared.of(ours, theirs);
    }

    private static String medians(List<Cost> costs) {
        return String.format(
                Locale.ROOT,
                "%.2f s, CPU %.2f s, peak %.0f MiB",
                median(costs, Cost::seconds),
                median(costs, Cost::cpuSeconds),
                median(costs, Cost::peakMib));
    }

    private static double median(List<Cost> costs, ToDoubleFunction<Cost> what) {
        return median(costs.stream().mapToDouble(what).boxed().toList());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private Cost pull(PulledBy.Puller runtime, PullImages.Kind kind)
            throws IOException, InterruptedException {
        try (FreshDisk disk = FreshDisk.make(disks, runtime.name().toLowerCase(Locale.ROOT));
                PulledBy daemon = PulledBy.start(runtime, disk.path())) {
            daemon.pull(images.reference(PullImages.Kind.WARM));
            disk.sync();
            daemon.resetPeak();
            double cpu = daemon.cpuSeconds();
            long begin = System.nanoTime();
            daemon.pull(images.reference(kind));
            disk.sync();
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new Cost(seconds, daemon.cpuSeconds() - cpu, daemon.peakMib());
        }
    }

    /** How much the daemon's heap grows in a pull that is not timed, since looking costs time. */
    private double heapGrowthMib(PullImages.Kind kind) throws IOException, InterruptedException {
        PulledBy.Puller carafe = PulledBy.Puller.CARAFE;
        try (FreshDisk disk = FreshDisk.make(disks, "heap");
                PulledBy daemon = PulledBy.start(carafe, disk.path())) {
            daemon.pull(images.reference(PullImages.Kind.WARM));
            double before = daemon.heapMib();
            HeapWatch watch = HeapWatch.start(daemon);
            daemon.pull(images.reference(kind));
            return Math.max(0, watch.end() - before);
        }
    }

    /** Looks at the heap four times a second, on a thread of its own. */
    private static final class HeapWatch {
        private final AtomicBoolean running = new AtomicBoolean(true);
        private final Thread thread;
        private volatile double most;

        private HeapWatch(PulledBy daemon) {
            thread = Thread.ofVirtual().unstarted(() -> look(daemon));
        }

        static HeapWatch start(PulledBy daemon) {
            HeapWatch watch = new HeapWatch(daemon);
            watch.thread.start();
            return watch;
        }

        private void look(PulledBy daemon) {
            try {
                while (running.get()) {
                    most = Math.max(most, daemon.heapMib());
                    Thread.sleep(250);
                }
            } catch (IOException e) {
                most = Double.NaN;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        double end() throws InterruptedException {
            running.set(false);
            thread.join();
            return most;
        }
    }
}
