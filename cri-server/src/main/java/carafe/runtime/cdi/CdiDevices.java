package carafe.runtime.cdi;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds the devices that a container asks for in the node's files, which are read anew each time:
 * device plugins write them just before. Thread-safe.
 */
public final class CdiDevices {
    private static final String ANNOTATION = "cdi.k8s.io/";
    private static final int MAX_DEVICES = 1_000;
    private static final int MAX_SHOWN_PROBLEMS = 5;

    private final CdiDirectories directories;

    /**
     * @param directories where the files are; a later one has the higher priority
     */
    public CdiDevices(List<Path> directories, DurableFiles files) {
        this.directories = new CdiDirectories(directories, files);
    }

    /**
     * What a container gets with its devices.
     *
     * @param names of the request's own field; they come first
     * @param annotations those of {@code cdi.k8s.io/} name more, separated by commas
     * @throws CarafeException.Invalid when a name is malformed, unknown, or described twice
     */
    public ContainerEdits of(List<String> names, Map<String, String> annotations) {
        Set<String> wanted = new LinkedHashSet<>(names);
        new TreeMap<>(annotations)
                .forEach((key, value) -> {
                    if (key.startsWith(ANNOTATION)) {
                        wanted.addAll(List.of(value.split(",", -1)));
                    }
                });
        if (wanted.isEmpty()) {
            return ContainerEdits.NONE;
        }
        if (wanted.size() > MAX_DEVICES) {
            throw new CarafeException.Invalid(
                    "%d CDI devices are asked for, at most %d can be had"
                            .formatted(wanted.size(), MAX_DEVICES));
        }
        List<QualifiedName> devices = wanted.stream().map(QualifiedName::parse).toList();
        return merge(devices, directories.read());
    }

    private ContainerEdits merge(List<QualifiedName> devices, CdiDirectories.Found found) {
        ContainerEdits all = ContainerEdits.NONE;
        Set<Path> used = new HashSet<>();
        for (QualifiedName each : devices) {
            CdiSpec spec = spec(each, found);
            if (used.add(spec.file())) {
                all = all.and(spec.edits());
            }
            ContainerEdits own = spec.devices().get(each.device());
            all = own == null ? all : all.and(own);
        }
        return all;
    }

    private CdiSpec spec(QualifiedName name, CdiDirectories.Found found) {
        List<CdiSpec> describing =
                found.specs().stream()
                        .filter(each -> each.kind().equals(name.kind()))
                        .filter(each -> each.devices().containsKey(name.device()))
                        .toList();
        int highest = describing.stream().mapToInt(CdiSpec::priority).max().orElse(-1);
        List<CdiSpec> best =
                describing.stream().filter(each -> each.priority() == highest).toList();
        return switch (best.size()) {
            case 0 -> throw new CarafeException.Invalid(unknown(name, found.problems()));
            case 1 -> best.getFirst();
            default ->
                    throw new CarafeException.Invalid(
                            "CDI device %s is described by several files: %s"
                                    .formatted(
                                            name,
                                            best.stream()
                                                    .map(each -> each.file().toString())
                                                    .collect(Collectors.joining(", "))));
        };
    }

    private String unknown(QualifiedName name, List<String> problems) {
        String where =
                directories.directories().stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(", "));
        String damaged =
                problems.stream()
                        .limit(MAX_SHOWN_PROBLEMS)
                        .map(each -> "; not read: " + each)
                        .collect(Collectors.joining());
        return "no file in %s describes CDI device %s%s".formatted(where, name, damaged);
    }
}
