package carafe.network.bridge;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Netlink;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sockets in pods' namespaces, opened ahead: a process must be started for each. Thread-safe; owns
 * what was not taken yet.
 */
final class PodSockets {
    private static final long PATIENCE_SECONDS = 30;

    private final Netlinks netlinks;
    private final Map<String, CompletableFuture<Netlink>> opening = new ConcurrentHashMap<>();

    PodSockets(Netlinks netlinks) {
        this.netlinks = netlinks;
    }

    void prepare(String podId) {
        CompletableFuture<Netlink> future = new CompletableFuture<>();
        if (opening.putIfAbsent(podId, future) == null) {
            Thread.ofVirtual().name("netlink " + podId).start(() -> open(podId, future));
        }
    }

    /** The socket, the caller's own; opened now when it was not prepared. */
    Netlink take(String podId) throws SyscallException {
        CompletableFuture<Netlink> future = opening.remove(podId);
        if (future == null) {
            return netlinks.pod(podId);
        }
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SyscallException cause -> throw cause;
                case CarafeException cause -> throw cause;
                case null, default -> throw new CarafeException.Internal("open a socket: " + e, e);
            }
        } catch (TimeoutException e) {
            CompletableFuture<Void> _ = future.thenAccept(Netlink::close);
            throw new CarafeException.Unavailable(
                    "a socket in pod sandbox %s took too long".formatted(podId), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CompletableFuture<Void> _ = future.thenAccept(Netlink::close);
            throw new CarafeException.Unavailable("interrupted while a socket was opened", e);
        }
    }

    /** Closes a prepared socket that nobody will take. */
    void forget(String podId) {
        CompletableFuture<Netlink> future = opening.remove(podId);
        if (future != null) {
            CompletableFuture<Void> _ = future.thenAccept(Netlink::close);
        }
    }

    private void open(String podId, CompletableFuture<Netlink> future) {
        try {
            future.complete(netlinks.pod(podId));
        } catch (SyscallException | RuntimeException e) {
            future.completeExceptionally(e);
        }
    }
}
