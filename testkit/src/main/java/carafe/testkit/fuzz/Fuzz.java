package carafe.testkit.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * One target with its seeds. Without settings it runs the seeds, and some hundreds of changes of
 * them that are the same every time. With {@code -Dcarafe.fuzz.seconds=N} it goes on for so long,
 * from {@code -Dcarafe.fuzz.start=N} on (by default another start every time, which is printed). An
 * input that breaks a promise is written to {@code target/fuzz}: put it beside the seeds, in {@code
 * src/test/resources/fuzz/NAME}, and mend what it found. Used by one thread.
 */
public final class Fuzz {
    private static final int SHORT_ROUNDS = 800;
    private static final long SHORT_START = 4711;
    private static final int MAX_CORPUS = 4000;
    private static final int DEFAULT_MAX_BYTES = 16 << 10;
    private static final long DEFAULT_MAX_ALLOCATED = 64L << 20;
    private static final Duration MAX_CPU = Duration.ofSeconds(2);

    private final String name;
    private final FuzzTarget target;
    private final List<byte[]> seeds = new ArrayList<>();
    private final List<byte[]> words = new ArrayList<>();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final HangWatch watch = new HangWatch(this::keep);
    private int maxBytes = DEFAULT_MAX_BYTES;
    private long maxAllocated = DEFAULT_MAX_ALLOCATED;

    /**
     * @param name of the target; its seeds are the files below {@code src/test/resources/fuzz/NAME}
     */
    public Fuzz(String name, FuzzTarget target) {
        this.name = name;
        this.target = target;
        Path dir = Path.of("src/test/resources/fuzz", name);
        if (Files.isDirectory(dir)) {
            try (Stream<Path> files = Files.list(dir)) {
                for (Path file : files.sorted().toList()) {
                    seeds.add(Files.readAllBytes(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** One more seed. */
    public Fuzz seed(byte[] seed) {
        seeds.add(seed);
        return this;
    }

    /** One more seed. */
    public Fuzz seed(String text) {
        return seed(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Pieces that mean something to the target. */
    public Fuzz words(String... more) {
        for (String word : more) {
            words.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    /** Longest input. */
    public Fuzz maxBytes(int bytes) {
        maxBytes = bytes;
        return this;
    }

    /** Most bytes that one input may make its thread allocate. */
    public Fuzz maxAllocated(long bytes) {
        maxAllocated = bytes;
        return this;
    }

    /** Runs it; throws an AssertionError that tells the input at the first finding. */
    public void run() {
        if (seeds.isEmpty()) {
            throw new IllegalStateException(name + " has no seeds");
        }
        try (watch) {
            watch.start();
            runAll();
        }
    }

    private void runAll() {
        // Once without limits: loading classes is nobody's fault.
        runOne(seeds.getFirst(), false);
        Integer seconds = Integer.getInteger("carafe.fuzz.seconds");
        Set<Object> results = new HashSet<>();
        seeds.forEach(seed -> results.add(runOne(seed, true)));
        if (seconds == null) {
            change(SHORT_START, SHORT_ROUNDS, Long.MAX_VALUE, results);
            return;
        }
        long start = Long.getLong("carafe.fuzz.start", System.nanoTime());
        System.out.printf("fuzz %s: start %d%n", name, start);
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        long rounds = change(start, Long.MAX_VALUE, end, results);
        System.out.printf(
                "fuzz %s: %d inputs in %d s, %d kinds of result, nothing found%n",
                name, rounds, seconds, results.size());
    }

    private long change(long start, long rounds, long end, Set<Object> results) {
        SplittableRandom random = new SplittableRandom(start);
        Mutator mutator = new Mutator(random, words, maxBytes);
        List<byte[]> corpus = new ArrayList<>(seeds);
        long done = 0;
        while (done < rounds && System.nanoTime() < end) {
            byte[] one = corpus.get(random.nextInt(corpus.size()));
            byte[] other = corpus.get(random.nextInt(corpus.size()));
            byte[] input = mutator.change(one, other);
            if (results.add(runOne(input, true)) && corpus.size() < MAX_CORPUS) {
                corpus.add(input);
            }
            done++;
        }
        return done;
    }

    private Object runOne(byte[] input, boolean limited) {
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long cpu = threads.getCurrentThreadCpuTime();
        Object result;
        try {
            watch.begin(input);
            result = target.run(input);
        } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError("%s: %s, found by %s".formatted(name, e, keep(input)), e);
        } finally {
            watch.end();
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
        cpu = threads.getCurrentThreadCpuTime() - cpu;
        if (limited && (allocated > maxAllocated || cpu > MAX_CPU.toNanos())) {
            throw new AssertionError(
                    "%s: %d KiB allocated in %d ms of CPU time, found by %s"
                            .formatted(name, allocated >> 10, cpu / 1_000_000, keep(input)));
        }
        return result;
    }

    /** Writes an input down; where. */
    private Path keep(byte[] input) {
        try {
            Path dir = Files.createDirectories(Path.of("target/fuzz", name));
            String hash = HexFormat.of().toHexDigits(java.util.Arrays.hashCode(input));
            return Files.write(dir.resolve("found-" + hash), input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
