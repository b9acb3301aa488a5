package carafe.image.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Pulls images at once and removes them, again and again, until it is killed. */
final class PullForEver {
    private static final String KEEPS = "keeps";

    private PullForEver() {}

    /** In a process of its own, which says "pulling" when it begins. */
    static Process start(Path root, String... references) throws IOException {
        return start("drops", root, references);
    }

    /** As the other, where blobs stay. */
    static Process startKeeping(Path root, String... references) throws IOException {
        return start(KEEPS, root, references);
    }

    private static Process start(String blobs, Path root, String... references) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                PullForEver.class.getName(),
                                blobs,
                                root.toString()));
        command.addAll(List.of(references));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    public static void main(String[] args) throws InterruptedException {
        List<String> references = Arrays.asList(args).subList(2, args.length);
        Path root = Path.of(args[1]);
        boolean keeps = args[0].equals(KEEPS);
        try (LocalImages images = keeps ? TestImages.openKeeping(root) : TestImages.open(root);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            System.out.println("pulling");
            System.out.flush();
            while (true) {
                callers.invokeAll(
                        references.stream()
                                .<Callable<Object>>map(
                                        each -> () -> images.pull(TestImages.request(each)))
                                .toList());
                references.forEach(images::remove);
            }
        }
    }
}
