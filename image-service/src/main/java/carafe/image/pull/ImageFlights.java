package carafe.image.pull;

import carafe.base.CarafeException;
import carafe.image.snapshot.LayerLease;
import carafe.image.unpack.ImageUnpacker;
import carafe.image.unpack.LayerDescriptor;
import carafe.image.unpack.LayerSource;
import java.io.IOException;
import java.io.InputStream;
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
     * @param source used when nobody else is fetching this image
     */
    Ticket join(ImagePlan plan, ImageSource source) {
        String id = plan.id().toString();
        synchronized (flying) {
            Flight flight = flying.get(id);
            if (flight == null) {
                flight = new Flight(id, chainIds(plan));
                flying.put(id, flight);
                flight.start(plan, source);
            }
            flight.waiting++;
            return new Ticket(flight);
        }
    }

    private static Set<String> chainIds(ImagePlan plan) {
        return plan.layers().stream()
                .map(layer -> layer.content().chainId())
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
        private final Set<String> chainIds;
        private final CompletableFuture<LayerLease> landed = new CompletableFuture<>();
        private int waiting;
        private volatile Thread thread = Thread.currentThread();

        Flight(String id, Set<String> chainIds) {
            this.id = id;
            this.chainIds = chainIds;
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
                if (!landed.complete(lease)) {
                    garbage.end(lease);
                    garbage.collect(chainIds);
                }
            } catch (CarafeException e) {
                fail(e);
            } catch (RuntimeException e) {
                fail(new CarafeException.Internal("pull image %s: %s".formatted(id, e), e));
            } finally {
                landed.completeExceptionally(
                        new CarafeException.Internal("pull image %s: it broke off".formatted(id)));
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
                case CarafeException.Unavailable _ -> garbage.collect();
                default -> garbage.collect(chainIds);
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
                garbage.end(landed.join());
            }
        }

        private LayerLease makePresent(ImagePlan plan, ImageSource source) {
            for (int failed = 0; ; failed++) {
                try {
                    return unpacker.unpack(layers(plan, source, failed), limits.longest());
                } catch (CarafeException.Invalid e) {
                    if (failed + 1 == source.tries()) {
                        throw e;
                    }
                }
            }
        }

        private List<LayerSource> layers(ImagePlan plan, ImageSource source, int failed) {
            return plan.layers().stream()
                    .<LayerSource>map(layer -> new FetchedLayer(layer, source, failed))
                    .toList();
        }
    }

    /** A layer as the unpacker takes it. */
    private record FetchedLayer(ImagePlan.Layer layer, ImageSource source, int failed)
            implements LayerSource {
        @Override
        public LayerDescriptor descriptor() {
            return layer.content();
        }

        @Override
        public InputStream open() throws IOException {
            return source.blob(layer.blob(), failed);
        }
    }
}
