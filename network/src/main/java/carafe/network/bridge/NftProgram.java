package carafe.network.bridge;

import carafe.base.CarafeException;
import carafe.network.process.ChildProgram;
import carafe.network.process.ForkedProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The program nft of the machine. Thread-safe. */
public final class NftProgram implements PacketFilter {
    /** Where it usually is: not the PATH of whoever started the daemon, for this runs as root. */
    public static final List<Path> USUAL =
            List.of(
                    Path.of("/usr/sbin"),
                    Path.of("/sbin"),
                    Path.of("/usr/bin"),
                    Path.of("/usr/local/sbin"));

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int MAX_MESSAGE = 500;

    private final List<Path> directories;
    private final ChildProgram program;
    private volatile @Nullable Path found;

    /**
     * @param directories searched in order
     */
    public NftProgram(List<Path> directories) {
        this(directories, new ForkedProgram());
    }

    NftProgram(List<Path> directories, ChildProgram program) {
        this.directories = List.copyOf(directories);
        this.program = program;
    }

    @Override
    public Optional<String> problem() {
        return find().isPresent()
                ? Optional.empty()
                : Optional.of(
                        "the program nft is in none of %s; install nftables"
                                .formatted(directories));
    }

    @Override
    public void run(String script) {
        Path nft =
                find().orElseThrow(
                                () -> new CarafeException.Precondition(problem().orElse("no nft")));
        try {
            ChildProgram.Output output =
                    program.run(
                            List.of(nft.toString(), "-f", "-"),
                            Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C"),
                            script.getBytes(StandardCharsets.UTF_8),
                            DEADLINE);
            if (output.exitCode() != 0) {
                throw new CarafeException.Unavailable(
                        "nft refuses: " + shortened(output.stderr().strip()));
            }
        } catch (IOException e) {
            throw new CarafeException.Unavailable("nft cannot be run: " + e.getMessage(), e);
        }
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(text.length(), MAX_MESSAGE)).replaceAll("\\p{Cc}", " ");
    }

    private Optional<Path> find() {
        Path last = found;
        if (last != null && Files.isExecutable(last)) {
            return Optional.of(last);
        }
        Optional<Path> now =
                directories.stream()
                        .map(each -> each.resolve("nft"))
                        .filter(Files::isExecutable)
                        .findFirst();
        found = now.orElse(null);
        return now;
    }
}
