package carafe.network.cni;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The configured networks that pods are attached to, in the order of their interfaces. Thread-safe.
 */
final class NetworkChoice {
    private final ConfigDirectory configs;
    private final CniNetworks.Settings settings;

    NetworkChoice(ConfigDirectory configs, CniNetworks.Settings settings) {
        this.configs = configs;
        this.settings = settings;
    }

    /** As the files are now; when there are none {@link #missing} says why. */
    List<NetworkList> now() {
        List<NetworkList> all = configs.current();
        CniNetworks.Choice choice = settings.choice();
        Stream<NetworkList> ordered = all.stream();
        if (!choice.first().isEmpty()) {
            Optional<NetworkList> first =
                    all.stream().filter(each -> each.name().equals(choice.first())).findFirst();
            if (first.isEmpty()) {
                return List.of();
            }
            ordered =
                    Stream.concat(
                            first.stream(), all.stream().filter(each -> !first.get().equals(each)));
        }
        return ordered.limit(choice.most() == 0 ? all.size() : choice.most()).toList();
    }

    /** Whether a plugin of theirs asks to be told this. */
    boolean asksFor(String capability) {
        return now().stream()
                .flatMap(network -> network.plugins().stream())
                .anyMatch(plugin -> plugin.capabilities().contains(capability));
    }

    String missing() {
        List<String> names = configs.current().stream().map(NetworkList::name).toList();
        return names.isEmpty()
                ? configs.problem()
                : "no CNI network is called \"%s\" (cni.network); %s has %s"
                        .formatted(settings.choice().first(), settings.configDir(), names);
    }
}
