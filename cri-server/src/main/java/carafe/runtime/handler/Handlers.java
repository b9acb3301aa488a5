package carafe.runtime.handler;

import carafe.base.CarafeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The runtime handlers there are: the shim itself, under the empty name and its own, and other OCI
 * runtimes by the names that configuration gives them. Immutable.
 *
 * @param programs absolute paths of other OCI runtimes by handler name
 * @param lowestOomScoreAdj what this machine lets a container have; -1000 to 1000
 */
public record Handlers(Map<String, Path> programs, int lowestOomScoreAdj) {
    private static final Set<String> OWN = Set.of("", "carafe");
    private static final int LOWEST = -1000;

    /** The shim only. */
    public static final Handlers OWN_ONLY = new Handlers(Map.of(), LOWEST);

    public Handlers {
        programs = Map.copyOf(programs);
    }

    /** Every name that a pod may ask for, the empty one included, in order. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(OWN);
        names.addAll(programs.keySet());
        return names;
    }

    /** Whether the shim makes the containers of this handler by itself. */
    public boolean isOwn(String name) {
        return OWN.contains(name);
    }

    /**
     * Who makes a container.
     *
     * @return empty = the shim itself
     * @throws CarafeException.Invalid when there is no such handler
     * @throws CarafeException.Precondition when its program is not there
     */
    public Optional<Path> program(String name) {
        if (isOwn(name)) {
            return Optional.empty();
        }
        Path program = programs.get(name);
        if (program == null) {
            throw new CarafeException.Invalid(
                    "there is no runtime handler \"%s\"; this node has %s, more by [runtime.handlers.NAME] in the configuration"
                            .formatted(name, described()));
        }
        if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
            throw new CarafeException.Precondition(
                    "runtime handler \"%s\": %s is no executable file; install it or change runtime.handlers.%s.program"
                            .formatted(name, program, name));
        }
        return Optional.of(program);
    }

    private String described() {
        return names().stream()
                .map(each -> '"' + each + '"')
                .reduce((a, b) -> a + ", " + b)
                .orElse("none");
    }
}
