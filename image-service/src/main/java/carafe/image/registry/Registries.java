package carafe.image.registry;

import carafe.image.RegistryAuth;
import carafe.image.reference.ImageReference;
import java.util.List;
import java.util.Optional;

/** The registries of the world. Thread-safe; owns its connections until closed. */
public final class Registries implements AutoCloseable {
    private final RegistryHosts hosts;
    private final HttpClients clients;
    private final SendRequest sender;
    private final Retry retry;

    public Registries(RegistryHosts hosts, TransferLimits limits, Pause pause) {
        this.hosts = hosts;
        this.clients = new HttpClients(limits.connect());
        this.sender = new SendRequest(clients, limits);
        this.retry = new Retry(limits, pause);
    }

    /**
     * Starts a pull; sends nothing yet.
     *
     * @throws carafe.base.CarafeException.Invalid when the credentials are malformed
     */
    public RegistrySession session(ImageReference reference, Optional<RegistryAuth> auth) {
        Redactor secrets = new Redactor();
        auth.ifPresent(given ->
                secrets.add(
                        List.of(
                                given.password(),
                                given.auth(),
                                given.identityToken(),
                                given.registryToken())));
        Credentials credentials = Credentials.of(auth, reference.registry());
        if (credentials instanceof Credentials.Basic basic) {
            secrets.add(List.of(basic.password(), basic.header().substring("Basic ".length())));
        }
        List<Endpoint> endpoints = hosts.of(reference.registry());
        endpoints.forEach(each -> secrets.add(each.access().headers().values()));
        List<RegistrySession.Connection> connections =
                endpoints.stream()
                        .map(host -> connect(host, reference, credentials, secrets))
                        .toList();
        return new RegistrySession(reference, connections, retry, secrets);
    }

    private RegistrySession.Connection connect(
            Endpoint endpoint, ImageReference reference, Credentials given, Redactor secrets) {
        Credentials credentials =
                switch (endpoint.role()) {
                    case SERVER -> given;
                    case MIRROR -> new Credentials.Anonymous();
                };
        Authorization authorization =
                new Authorization(
                        new FollowRedirects(sender),
                        new FetchToken(sender),
                        endpoint,
                        new Authorization.Identity(credentials, reference.repository(), secrets));
        return new RegistrySession.Connection(
                endpoint,
                new ResolveManifest(authorization, endpoint, secrets),
                new FetchBlob(authorization, endpoint, secrets));
    }

    @Override
    public void close() {
        clients.close();
    }
}
