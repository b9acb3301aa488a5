package carafe.image.registry;

import carafe.image.RegistryAuth;
import carafe.image.credential.NodeCredentials;
import carafe.image.manifest.Descriptor;
import carafe.image.reference.Digest;
import carafe.image.reference.ImageReference;
import carafe.testkit.image.Blob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Registries with short limits, whose pauses are recorded instead of waited for. */
final class TestSessions implements AutoCloseable {
    final List<Duration> pauses = new ArrayList<>();
    final Registries registries;

    TestSessions() {
        this(new DefaultHosts(Set.of()));
    }

    TestSessions(RegistryHosts hosts) {
        this(hosts, Duration.ofSeconds(20));
    }

    TestSessions(RegistryHosts hosts, Duration noProgress) {
        this(new Registries.Node(hosts, NodeCredentials.NONE, Proxies.NONE), noProgress);
    }

    TestSessions(Registries.Node node) {
        this(node, Duration.ofSeconds(20));
    }

    private TestSessions(Registries.Node node, Duration noProgress) {
        TransferLimits limits =
                new TransferLimits(
                        Duration.ofSeconds(5),
                        noProgress,
                        5,
                        Duration.ofMillis(100),
                        Duration.ofSeconds(30));
        this.registries = new Registries(node, limits, this::recorded);
    }

    private synchronized void recorded(Duration time) {
        pauses.add(time);
    }

    RegistrySession anonymous(String reference) {
        return registries.session(ImageReference.parse(reference), Optional.empty());
    }

    RegistrySession as(RegistryAuth auth, String reference) {
        return registries.session(ImageReference.parse(reference), Optional.of(auth));
    }

    static Descriptor descriptor(Blob blob) {
        return Descriptor.of(blob.mediaType(), Digest.parse(blob.digest()), blob.content().length);
    }

    @Override
    public void close() {
        registries.close();
    }
}
