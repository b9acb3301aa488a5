package carafe.image.local;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.image.FsUsage;
import carafe.image.Image;
import carafe.image.ImageService;
import carafe.image.PullMeter;
import carafe.image.PullRequest;
import carafe.image.PullStatus;
import carafe.image.StoreUsage;
import carafe.image.Verification;
import carafe.image.archive.ImageArchive;
import carafe.image.credential.NodeCredentials;
import carafe.image.download.Downloads;
import carafe.image.download.KeptBlobs;
import carafe.image.manifest.Platform;
import carafe.image.manifest.PlatformChoice;
import carafe.image.pull.KeptImport;
import carafe.image.pull.LayerGarbage;
import carafe.image.pull.PullImage;
import carafe.image.pull.RegistrySource;
import carafe.image.pull.TimedSource;
import carafe.image.reference.ImageQuery;
import carafe.image.reference.ImageReference;
import carafe.image.registry.CertsDirectory;
import carafe.image.registry.DefaultHosts;
import carafe.image.registry.Pause;
import carafe.image.registry.Registries;
import carafe.image.registry.RegistryHosts;
import carafe.image.registry.RegistrySession;
import carafe.image.signature.SignatureGate;
import carafe.image.snapshot.LayerStore;
import carafe.image.snapshot.Snapshot;
import carafe.image.snapshot.Snapshots;
import carafe.image.store.ImageStore;
import carafe.image.store.Names;
import carafe.image.unpack.Decoders;
import carafe.image.unpack.ImageUnpacker;
import carafe.linux.fs.FileCalls;
import carafe.linux.quota.QuotaCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** The image service of one node, on its own directories. Owns everything it is made of. */
public final class LocalImages implements ImageService, AutoCloseable {
    private static final Duration IMPORT_DEADLINE = Duration.ofHours(1);

    private final Path ingest;
    private final LayerStore layers;
    private final Snapshots snapshots;
    private final ImageStore images;
    private final LayerGarbage garbage;
    private volatile RegistryHosts hosts;
    private volatile NodeCredentials credentials;
    private final Registries registries;
    private final KeptBlobs kept;
    private final Downloads downloads;
    private final PullImage pulls;
    private final PullMeter pullMeter;
    private final SpaceReserve reserve;
    private final UsageMeter meter;
    private final VerifyImages verifying;
    private final SignatureGate gate;

    private LocalImages(ImagesConfig config, Ports ports) {
        Path dir = directory(config.root().resolve("images"));
        this.pullMeter = ports.pulls();
        this.ingest = emptied(directory(dir.resolve("ingest")));
        this.layers = LayerStore.open(config.root().resolve("layers"), ports.calls());
        this.snapshots =
                Snapshots.open(
                        config.root().resolve("snapshots"),
                        layers,
                        ports.calls(),
                        new Snapshots.Quota(ports.quota(), config.writable()));
        this.images = ImageStore.open(dir, ports.files(), layers::has, config.pinned());
        this.kept = KeptBlobs.open(directory(dir.resolve("kept")), config.keepBlobs());
        this.garbage = new LayerGarbage(layers, images, kept, config.pull().keepAfterOutage());
        this.hosts = hosts(config);
        this.credentials = config.credentials();
        this.registries =
                new Registries(
                        new Registries.Node(
                                name -> hosts.of(name),
                                server -> credentials.of(server),
                                config.proxies()),
                        config.transfer(),
                        Pause.REAL);
        this.downloads =
                Downloads.open(directory(dir.resolve("partial")), config.downloads(), kept);
        this.pulls =
                new PullImage(
                        new PlatformChoice(Platform.ofThisMachine()),
                        new ImageUnpacker(
                                layers,
                                config.unpack(),
                                config.parallelLayers(),
                                Decoders.fastest()),
                        garbage,
                        images,
                        config.pull());
        this.reserve = new SpaceReserve(ports.calls(), dir);
        this.gate =
                new SignatureGate(
                        config.signaturePolicy(),
                        dir.resolve("signatures"),
                        ports.files(),
                        config.pull().longest());
        this.verifying = new VerifyImages(images, layers, kept);
        this.meter = new UsageMeter(config.root(), layers, snapshots, images, downloads, kept);
    }

    /** What the service does to the disk, for tests to fail. */
    public record Ports(FileCalls calls, DurableFiles files, PullMeter pulls, QuotaCalls quota) {
        /** Pulls that nobody counts. */
        public Ports(FileCalls calls, DurableFiles files) {
            this(calls, files, PullMeter.NONE, QuotaCalls.linux());
        }

        /** The real disk. */
        public static Ports real() {
            return real(PullMeter.NONE);
        }

        /** The real disk, and somebody who counts pulls. */
        public static Ports real(PullMeter pulls) {
            return new Ports(FileCalls.linux(), new DiskFiles(), pulls, QuotaCalls.linux());
        }
    }

    /**
     * Opens the service: what crashes left behind is removed, and images that are not whole are set
     * aside.
     *
     * @throws CarafeException.Internal when the directories cannot be used
     */
    public static LocalImages open(ImagesConfig config) {
        return open(config, Ports.real());
    }

    /** As {@link #open(ImagesConfig)}, on other ports. */
    public static LocalImages open(ImagesConfig config, Ports ports) {
        LocalImages opened = new LocalImages(config, ports);
        opened.garbage.collect();
        opened.gate.keepOnly(opened.images.list());
        opened.reserve.restore();
        return opened;
    }

    private static RegistryHosts hosts(ImagesConfig config) {
        return new CertsDirectory(config.certsDir(), new DefaultHosts(config.plainRegistries()));
    }

    /**
     * Takes over where registries are, which of them are plain, what credentials the node has, and
     * which images are pinned; the rest of the configuration stays. Pulls that run go on as they
     * began.
     */
    public void reconfigure(ImagesConfig config) {
        hosts = hosts(config);
        credentials = config.credentials();
        images.pin(config.pinned());
        gate.reconfigure(config.signaturePolicy());
    }

    @Override
    public Image pull(PullRequest request) {
        ImageReference reference = ImageReference.parse(request.ref());
        Function<ImageReference, RegistrySession> sessions =
                each -> registries.session(each, request.auth());
        TimedSource source =
                new TimedSource(
                        new RegistrySource(sessions.apply(reference), downloads),
                        pullMeter,
                        reference.registry());
        return source.timed(() ->
                pulls.run(
                        reference.toString(),
                        source.verifying(gate.guard(reference, source, sessions)),
                        digest ->
                                new Names(
                                        reference.repoTag().orElse(null),
                                        reference.repoDigest(digest)),
                        request.deadline()));
    }

    @Override
    public List<PullStatus> pulls() {
        return pulls.list();
    }

    /** Connections that fetch blobs now. */
    public int connections() {
        return downloads.connected();
    }

    /** Transfers that wait for a connection. */
    public int waitingTransfers() {
        return downloads.waiting();
    }

    @Override
    public Optional<Image> find(String tagDigestIdOrPrefix) {
        return images.find(ImageQuery.parse(tagDigestIdOrPrefix));
    }

    @Override
    public Optional<Image> findForUse(String tagDigestIdOrPrefix, String userSpecified) {
        Optional<Image> found = find(tagDigestIdOrPrefix);
        found.ifPresent(image -> gate.admitUse(image, List.of(userSpecified, tagDigestIdOrPrefix)));
        return found;
    }

    @Override
    public List<Image> list() {
        return images.list();
    }

    @Override
    public void remove(String tagDigestIdOrPrefix) {
        ImageQuery query = ImageQuery.parse(tagDigestIdOrPrefix);
        Optional<Image> removed = reserve.spendOnFullDisk(() -> images.remove(query));
        if (removed.isPresent()) {
            garbage.collect(Set.copyOf(removed.get().chainIds()));
            gate.keepOnly(images.list());
            reserve.restore();
        }
    }

    @Override
    public StoreUsage usage() {
        return meter.read();
    }

    @Override
    public Verification verify(Optional<String> tagDigestIdOrPrefix) {
        if (tagDigestIdOrPrefix.isEmpty()) {
            return verifying.run(images.list());
        }
        String name = tagDigestIdOrPrefix.get();
        return verifying.run(List.of(find(name).orElseThrow(() -> absent(name))));
    }

    @Override
    public Optional<FsUsage> written(String containerId) {
        return meter.written(containerId);
    }

    @Override
    public Image importFrom(Path ociLayoutDirOrArchive, Optional<String> name) {
        Optional<ImageReference> reference = name.map(ImageReference::parse);
        if (reference.isPresent() && reference.get().digest() != null) {
            throw new CarafeException.Invalid(
                    "an imported image can be given a tag, not a digest: " + reference.get());
        }
        Names names = new Names(reference.flatMap(ImageReference::repoTag).orElse(null), null);
        String wanted = reference.map(ImageReference::toString).orElse("");
        try (ImageArchive archive = ImageArchive.open(ociLayoutDirOrArchive, ingest, wanted)) {
            return pulls.run(
                    "image archive " + ociLayoutDirOrArchive,
                    kept.keeps() ? new KeptImport(archive.source(), downloads) : archive.source(),
                    _ -> names,
                    IMPORT_DEADLINE);
        }
    }

    @Override
    public String configJson(String imageId) {
        return images.configJson(imageId).orElseThrow(() -> absent(imageId));
    }

    @Override
    public Snapshot prepare(String imageId, String containerId) {
        Image image = find(imageId).orElseThrow(() -> absent(imageId));
        Optional<Snapshot> present = snapshots.find(containerId);
        return present.isPresent()
                ? present.get()
                : snapshots.prepare(containerId, image.chainIds());
    }

    private static CarafeException.NotFound absent(String imageId) {
        return new CarafeException.NotFound("no image %s on this node".formatted(imageId));
    }

    @Override
    public Set<String> prepared() {
        return snapshots.owners();
    }

    @Override
    public void release(String containerId) {
        Set<String> used = snapshots.chainIdsInUse();
        boolean orphans = !images.chainIds().containsAll(used);
        reserve.spendOnFullDisk(() -> {
            snapshots.release(containerId);
            return true;
        });
        if (orphans) {
            garbage.collect(used);
        }
        reserve.restore();
    }

    private static Path directory(Path dir) {
        try {
            return Files.createDirectories(
                    dir,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new CarafeException.Internal("cannot make directory %s: %s".formatted(dir, e), e);
        }
    }

    private static Path emptied(Path dir) {
        try (Stream<Path> leftovers = Files.list(dir)) {
            for (Path leftover : leftovers.toList()) {
                Files.delete(leftover);
            }
            return dir;
        } catch (IOException e) {
            throw new CarafeException.Internal("cannot empty %s: %s".formatted(dir, e), e);
        }
    }

    /** Gives up running pulls; what they unpacked is freed at the next start. */
    @Override
    public void close() {
        pulls.close();
        garbage.close();
        registries.close();
    }
}
