package carafe.image.pull;

import carafe.base.CarafeException;
import carafe.image.PullStatus;
import carafe.image.download.KeptBlobs;
import carafe.image.snapshot.LayerLease;
import carafe.image.unpack.ImageUnpacker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the layers of images present, each image once at a time, however many wait for it.
 *
 * <pre>
 *   join ──▶ flying ──layers present──▶ landed ──last one leaves──▶ lease ended
 *              │ ╰──failed──▶ everybody gets the failure; garbage collected
 *              ╰──last one leaves──▶ cancelled; garbage collected
 * </pre>
 *
 * Thread-safe; owns one thread per flight.
 */
final class ImageFlights implements AutoCloseable {
    private final ImageUnpacker unpacker;
    private final LayerGarbage garbage;
    private final PullImage.Limits limits;
    private final PullBoard board = new PullBoard();
    private final Map<String, Flight> flying = new HashMap<>();

    ImageFlights(ImageUnpacker unpacker, LayerGarbage garbage, PullImage.Limits limits) {
        this.unpacker = unpacker;
        this.garbage = garbage;
        this.limits = limits;
    }

    /**
     * Waits for the image's layers from now on; close the ticket when they are recorded, or are not
     * wanted any more.
     *
     * @param name what the caller calls the image
     * @param source used when nobody else is fetching this image
     */
    Ticket join(String name, ImagePlan plan, ImageSource source) {
        String id = plan.id().toString();
        synchronized (flying) {
            Flight flight = flying.get(id);
            if (flight == null) {
                flight = new Flight(id, name, layerIds(plan), garbage.claim(blobs(plan)));
                flying.put(id, flight);
                flight.start(plan, source);
            }
            board.join(id, name);
            flight.waiting++;
            return new Ticket(flight);
        }
    }

    /** The flights that are under way. */
    List<PullStatus> list() {
        return board.list();
    }

    private static Set<String> layerIds(ImagePlan plan) {
        return plan.layers().stream()
                .flatMap(layer -> Stream.of(layer.content().chainId(), layer.content().diffId()))
                .collect(Collectors.toSet());
    }

    private static Set<String> blobs(ImagePlan plan) {
        return plan.layers().stream()
                .map(layer -> layer.blob().digest().toString())
                .collect(Collectors.toSet());
    }

    /** Cancels all flights. */
    @Override
    public void close() {
        synchronized (flying) {
            flying.values().forEach(Flight::cancel);
        }
    }

    /** One waiter's place. Used by one thread. */
    static final class Ticket implements AutoCloseable {
        private final Flight flight;
        private boolean left;

        private Ticket(Flight flight) {
            this.flight = flight;
        }

        /**
         * The layers, protected until this ticket is closed.
         *
         * @throws CarafeException.Deadline when they are not there in time, or the thread was
         *     interrupted
         */
        LayerLease await(Duration deadline) {
            try {
                return flight.landed.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new CarafeException.Deadline(
                        "image %s was not here before the deadline".formatted(flight.id));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CarafeException.Deadline(
                        "image %s: the pull was given up".formatted(flight.id));
            } catch (ExecutionException e) {
                throw failure(e);
            }
        }

        private CarafeException failure(ExecutionException e) {
            return switch (e.getCause()) {
                case CarafeException known -> known;
                case null, default -> new CarafeException.Internal("pull image " + flight.id, e);
            };
        }

        @Override
        public void close() {
            if (!left) {
                left = true;
                flight.leave();
            }
        }
    }

    private final class Flight {
        private final String id;
        private final String name;
        private final Set<String> layerIds;
        private final KeptBlobs.Claim claim;
        private final CompletableFuture<LayerLease> landed = new CompletableFuture<>();
        private int waiting;
        private volatile Thread thread = Thread.currentThread();

        Flight(String id, String name, Set<String> layerIds, KeptBlobs.Claim claim) {
            this.id = id;
            this.name = name;
            this.layerIds = layerIds;
            this.claim = claim;
        }

        void start(ImagePlan plan, ImageSource source) {
            thread = Thread.ofVirtual().name("pull " + id).unstarted(() -> fly(plan, source));
            thread.start();
        }

        void cancel() {
            thread.interrupt();
        }

        private void fly(ImagePlan plan, ImageSource source) {
            try {
                LayerLease lease = makePresent(plan, source);
                board.end(id);
                if (!landed.complete(lease)) {
                    garbage.end(lease, claim);
                    garbage.collect(layerIds);
                }
            } catch (CarafeException e) {
                giveUpUseless(e, plan, source);
                fail(e);
            } catch (RuntimeException e) {
                fail(new CarafeException.Internal("pull image %s: %s".formatted(id, e), e));
            } finally {
                board.end(id);
                landed.completeExceptionally(
                        new CarafeException.Internal("pull image %s: it broke off".formatted(id)));
            }
        }

        /** Blobs that came in vain stay for the next try, unless it could not use them. */
        private void giveUpUseless(CarafeException why, ImagePlan plan, ImageSource source) {
            boolean useless =
                    why instanceof CarafeException.Exhausted
                            || why instanceof CarafeException.Invalid;
            if (useless) {
                source.giveUp(plan.layers().stream().map(ImagePlan.Layer::blob).toList());
            }
        }

        /** Nobody can join any more, nothing is left, then everybody is told. */
        private void fail(CarafeException failure) {
            synchronized (flying) {
                flying.remove(id, this);
            }
            cleanUp(failure);
            landed.completeExceptionally(failure);
        }

        private void cleanUp(CarafeException failure) {
            boolean interrupted = Thread.interrupted();
            switch (failure) {
                case CarafeException.Unavailable _ -> {
                    claim.endForRetry();
                    garbage.collect();
                }
                default -> {
                    claim.end();
                    garbage.collect(layerIds);
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        void leave() {
            synchronized (flying) {
                waiting--;
                if (waiting > 0) {
                    return;
                }
                flying.remove(id, this);
            }
            boolean cancelled =
                    landed.completeExceptionally(
                            new CarafeException.Deadline("nobody waits for image " + id));
            if (cancelled) {
                cancel();
            } else if (!landed.isCompletedExceptionally()) {
                garbage.end(landed.join(), claim);
            }
        }

        private LayerLease makePresent(ImagePlan plan, ImageSource source) {
            for (int failed = 0; ; failed++) {
                try {
                    return unpacker.unpack(
                            List.copyOf(layers(plan, source, failed)), limits.longest());
                } catch (CarafeException.Invalid e) {
                    if (failed + 1 == source.tries()) {
                        throw e;
                    }
                }
            }
        }

        private List<LayerTrack> layers(ImagePlan plan, ImageSource source, int failed) {
            List<LayerTrack> layers =
                    plan.layers().stream()
                            .map(layer -> new LayerTrack(layer, source, failed))
                            .toList();
            board.begin(id, name, layers);
            return layers;
        }
    }
}
