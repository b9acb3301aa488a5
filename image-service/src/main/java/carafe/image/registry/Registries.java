package carafe.image.registry;

import carafe.image.RegistryAuth;
import carafe.image.credential.NodeCredentials;
import carafe.image.reference.ImageReference;
import java.util.List;
import java.util.Optional;

/** The registries of the world. Thread-safe; owns its connections until closed. */
public final class Registries implements AutoCloseable {
    private final Node node;
    private final HttpClients clients;
    private final FollowRedirects sender;
    private final Authorization.Tokens tokens;
    private final Retry retry;
    private final RangeMemory ranges = new RangeMemory();

    /**
     * What this node knows about registries.
     *
     * @param hosts where they are
     * @param credentials for callers without any
     * @param proxies how they are reached
     */
    public record Node(RegistryHosts hosts, NodeCredentials credentials, Proxies proxies) {}

    public Registries(Node node, TransferLimits limits, Pause pause) {
        this.node = node;
        this.clients = new HttpClients(limits.connect(), node.proxies());
        SendRequest requests = new SendRequest(clients, node.proxies(), limits);
        this.sender = new FollowRedirects(requests);
        this.tokens = new Authorization.Tokens(new FetchToken(requests), new TokenCache());
        this.retry = new Retry(limits, pause);
    }

    /**
     * Starts a pull; sends nothing yet.
     *
     * @throws carafe.base.CarafeException.Invalid when the credentials are malformed
     */
    public RegistrySession session(ImageReference reference, Optional<RegistryAuth> auth) {
        Redactor secrets = new Redactor();
        auth.ifPresent(secrets::learn);
        Credentials credentials = Credentials.of(auth, reference.registry());
        secrets.learn(credentials);
        List<Endpoint> endpoints = node.hosts().of(reference.registry());
        endpoints.forEach(each -> secrets.add(each.access().headers().values()));
        List<RegistrySession.Connection> connections =
                endpoints.stream()
                        .map(host -> connect(host, reference, credentials, secrets))
                        .toList();
        return new RegistrySession(reference, connections, retry, ranges, secrets);
    }

    private RegistrySession.Connection connect(
            Endpoint endpoint, ImageReference reference, Credentials given, Redactor secrets) {
        CredentialChoice credentials =
                switch (endpoint.role()) {
                    case SERVER ->
                            new CredentialChoice(
                                    given, node.credentials(), reference.registry(), secrets);
                    case MIRROR ->
                            new CredentialChoice(
                                    new Credentials.Anonymous(),
                                    node.credentials(),
                                    endpoint.base().getRawAuthority(),
                                    secrets);
                };
        Authorization authorization =
                new Authorization(
                        sender,
                        tokens,
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
