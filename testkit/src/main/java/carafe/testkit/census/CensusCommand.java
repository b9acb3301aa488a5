package carafe.testkit.census;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The census as a command: {@code save FILE ROOT[,ROOT…] CGROUP[,CGROUP…] [LINK[,LINK…]]} writes a
 * count, {@code compare FILE ROOTS CGROUPS [LINKS]} prints what is there that was not, and exits
 * with 1 if anything is.
 */
public final class CensusCommand {
    private static final Duration SETTLE = Duration.ofSeconds(10);

    private CensusCommand() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 4 || args.length > 5) {
            System.err.println(
                    "usage: census save|compare FILE ROOT[,ROOT...] CGROUP[,CGROUP...] [LINK[,LINK...]]");
            System.exit(2);
        }
        Path file = Path.of(args[1]);
        CensusScope scope =
                new CensusScope(
                        Arrays.stream(args[2].split(",", -1)).map(Path::of).toList(),
                        List.of(args[3].split(",", -1)),
                        args.length == 5 ? List.of(args[4].split(",", -1)) : List.of(),
                        Set.of());
        switch (args[0]) {
            case "save" -> Files.writeString(file, Census.take(scope) + "\n");
            case "compare" -> {
                Census before = new Census(new HashSet<>(Files.readAllLines(file)));
                List<String> left = Census.leftOver(scope, before, SETTLE);
                left.forEach(System.out::println);
                System.exit(left.isEmpty() ? 0 : 1);
            }
            default -> {
                System.err.println("unknown verb " + args[0]);
                System.exit(2);
            }
        }
    }
}
