package carafe.image.local;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.Verification;
import carafe.image.Verification.Damage;
import carafe.image.download.KeptBlobs;
import carafe.image.manifest.ArtifactManifest;
import carafe.image.manifest.ConfigReader;
import carafe.image.manifest.DocumentReader;
import carafe.image.manifest.ImageManifest;
import carafe.image.reference.Digest;
import carafe.image.snapshot.Layer;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import carafe.image.snapshot.TreeCheck;
import carafe.image.store.Documents;
import carafe.image.store.ImageStore;
import carafe.image.unpack.ChainIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/**
 * Proves images unchanged since they were unpacked: the configuration hashes to the image's id, its
 * diff ids give the layers' chain ids, each layer's tree equals its record, and each blob that was
 * kept hashes to its name. One run at a time, because it reads whatever the images have.
 * Thread-safe.
 */
final class VerifyImages {
    private final ImageStore images;
    private final LayerStore layers;
    private final KeptBlobs blobs;
    private final Semaphore running = new Semaphore(1);

    VerifyImages(ImageStore images, LayerStore layers, KeptBlobs blobs) {
        this.blobs = blobs;
        this.images = images;
        this.layers = layers;
    }

    /**
     * @throws CarafeException.Precondition when another run is under way
     * @throws CarafeException.Deadline when the caller was interrupted
     */
    Verification run(List<Image> wanted) {
        if (!running.tryAcquire()) {
            throw new CarafeException.Precondition("images are being verified already");
        }
        CompletableFuture<Verification> found = new CompletableFuture<>();
        // A platform thread: reading blocks in the kernel.
        Thread reader =
                Thread.ofPlatform()
                        .daemon()
                        .name("verify images")
                        .start(() -> {
                            try {
                                Verification result = new Run().verify(wanted);
                                running.release();
                                found.complete(result);
                            } catch (Throwable e) {
                                running.release();
                                found.completeExceptionally(e);
                            }
                        });
        try {
            return found.get();
        } catch (InterruptedException e) {
            reader.interrupt();
            Thread.currentThread().interrupt();
            throw new CarafeException.Deadline("the verification was given up", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CarafeException known
                    ? known
                    : new CarafeException.Internal("verify images: " + e.getCause(), e);
        }
    }

    /** One run's findings. Used by one thread. */
    private final class Run {
        private final List<Damage> damages = new ArrayList<>();
        private final List<Damage> unproven = new ArrayList<>();
        private long files;
        private long bytes;

        Verification verify(List<Image> wanted) throws InterruptedException {
            Set<String> chainIds = new LinkedHashSet<>();
            Set<String> kept = new LinkedHashSet<>();
            for (Image image : wanted) {
                documents(image);
                chainIds.addAll(image.chainIds());
                kept.addAll(images.blobs(image.id()));
            }
            Map<String, Layer> seen = new LinkedHashMap<>();
            for (String chainId : chainIds) {
                layer(chainId, seen);
            }
            for (String digest : kept) {
                blob(digest);
            }
            return new Verification(wanted.size(), seen.size(), files, bytes, damages, unproven);
        }

        /** Those that are not kept need no proof. */
        private void blob(String digest) throws InterruptedException {
            KeptBlobs.Checked checked = blobs.check(Digest.parse(digest));
            if (checked != null) {
                bytes += checked.bytes();
                checked.damages().forEach(what -> damage(digest, "", what));
            }
        }

        private void damage(String subject, String path, String what) {
            if (damages.size() < Verification.MOST_DAMAGES) {
                damages.add(new Damage(subject, path, what));
            }
        }

        private void documents(Image image) {
            try {
                Documents documents = images.documents(image.id());
                List<String> diffIds =
                        diffIds(image, documents).stream().map(Digest::toString).toList();
                if (!isOf(diffIds, image.chainIds())) {
                    damage(image.id(), "", "its record names other layers than its documents");
                }
            } catch (IOException | CarafeException e) {
                damage(image.id(), "", String.valueOf(e.getMessage()));
            }
        }

        private boolean isOf(List<String> diffIds, List<String> layerIds) {
            List<String> chainIds = ChainIds.of(diffIds);
            boolean same = layerIds.size() == diffIds.size();
            for (int i = 0; same && i < layerIds.size(); i++) {
                String id = layerIds.get(i);
                boolean independent =
                        id.equals(diffIds.get(i))
                                && layers.find(id).map(Layer::independent).orElse(true);
                same = id.equals(chainIds.get(i)) || independent;
            }
            return same;
        }

        private List<Digest> diffIds(Image image, Documents documents) {
            DocumentReader reader = new DocumentReader();
            if (image.artifact()) {
                return reader.readArtifact(documents.manifest(), "").files().stream()
                        .map(ArtifactManifest.File::identity)
                        .toList();
            }
            boolean isManifest =
                    reader.read(documents.manifest(), "") instanceof ImageManifest manifest
                            && manifest.config().digest().toString().equals(image.id());
            if (!isManifest) {
                damage(image.id(), "", "its manifest is of another image");
            }
            return new ConfigReader().read(documents.config(), image.chainIds().size()).diffIds();
        }

        private void layer(String chainId, Map<String, Layer> seen) throws InterruptedException {
            try (LayerLease lease = layers.lease(List.of(chainId))) {
                Layer layer = lease.bottomFirst().getFirst();
                seen.put(chainId, layer);
                TreeCheck check =
                        new TreeCheck(
                                layers.calls(), layer, (path, what) -> damage(chainId, path, what));
                TreeCheck.Outcome outcome = check.run();
                files += check.files();
                bytes += check.readBytes();
                if (outcome == TreeCheck.Outcome.NOT_RECORDED) {
                    unproven.add(
                            new Damage(
                                    chainId,
                                    "",
                                    "nothing was recorded when it was unpacked; to have that,"
                                            + " remove its images and pull them again"));
                }
            } catch (CarafeException.NotFound e) {
                damage(chainId, "", "is not on this node");
            }
        }
    }
}
