package carafe.image.pull;

import carafe.base.CarafeException;
import carafe.base.TaskScope;
import carafe.image.Image;
import carafe.image.PullStatus;
import carafe.image.manifest.PlatformChoice;
import carafe.image.reference.Digest;
import carafe.image.snapshot.Layer;
import carafe.image.snapshot.LayerLease;
import carafe.image.store.ImageStore;
import carafe.image.store.Names;
import carafe.image.store.NewImage;
import carafe.image.unpack.ImageUnpacker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes one image present on this node. The order is the promise: documents are read and checked
 * before any layer is fetched, layers are present and durable before the image is recorded, and the
 * record is written last. Thread-safe; owns the flights.
 */
public final class PullImage implements AutoCloseable {
    private final PlanImage planner;
    private final ImageFlights flights;
    private final ImageStore images;

    /**
     * How long things may take.
     *
     * @param longest one image, whoever waits for it
     * @param keepAfterOutage finished layers of an image whose pull an outage or a crash ended
     */
    public record Limits(Duration longest, Duration keepAfterOutage) {}

    public PullImage(
            PlatformChoice platform,
            ImageUnpacker unpacker,
            LayerGarbage garbage,
            ImageStore images,
            Limits limits) {
        this.planner = new PlanImage(platform);
        this.images = images;
        this.flights = new ImageFlights(unpacker, garbage, limits);
    }

    /**
     * @param what the image as the caller named it
     * @param source where to get it, for this caller
     * @param naming the names to give, from the digest of the document that the name means
     * @param deadline how long this caller waits
     */
    public Image run(
            String what, ImageSource source, Function<Digest, Names> naming, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        Resolved resolved = resolve(what, source, naming, deadline);
        if (resolved.present().isPresent()) {
            return resolved.present().get();
        }
        ImagePlan plan = resolved.plan().orElseThrow();
        try (ImageFlights.Ticket ticket = flights.join(what, plan, source)) {
            Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            LayerLease lease = ticket.await(left);
            return images.put(newImage(plan, lease), naming.apply(resolved.digest()));
        }
    }

    /** Either the image is here already, or there is a plan. */
    private record Resolved(Digest digest, Optional<Image> present, Optional<ImagePlan> plan) {}

    private Resolved resolve(
            String what, ImageSource source, Function<Digest, Names> naming, Duration deadline) {
        try (TaskScope scope = new TaskScope("resolve " + what)) {
            TaskScope.Outcome<Resolved> outcome =
                    scope.fork(() -> {
                        ImageSource.Document top = source.resolve();
                        Names names = naming.apply(top.digest());
                        Optional<Image> present = images.putAgain(top.digest(), names);
                        return present.isPresent()
                                ? new Resolved(top.digest(), present, Optional.empty())
                                : new Resolved(
                                        top.digest(),
                                        present,
                                        Optional.of(planner.run(source, top)));
                    });
            scope.join(deadline);
            return outcome.get();
        } catch (CarafeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Deadline("pull %s: it was given up".formatted(what));
        } catch (Exception e) {
            throw new CarafeException.Internal("pull %s: %s".formatted(what, e), e);
        }
    }

    /** The images that are on their way. */
    public List<PullStatus> list() {
        return flights.list();
    }

    private static NewImage newImage(ImagePlan plan, LayerLease lease) {
        return new NewImage(
                plan.id(),
                plan.config(),
                plan.manifest(),
                lease.bottomFirst().stream().map(Layer::id).toList(),
                lease.bottomFirst().stream().distinct().mapToLong(Layer::bytes).sum());
    }

    @Override
    public void close() {
        flights.close();
    }
}
