package carafe.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends one request and waits for the head of its answer. Thread-safe. */
final class SendRequest {
    private final HttpClients clients;
    private final Proxies proxies;
    private final TransferLimits limits;

    SendRequest(HttpClients clients, Proxies proxies, TransferLimits limits) {
        this.clients = clients;
        this.proxies = proxies;
        this.limits = limits;
    }

    /**
     * @throws HttpTimeoutException when no answer began in time
     * @throws InterruptedIOException when the caller was interrupted; it stays so
     */
    Answer send(Call call, Access access) throws IOException {
        CompletableFuture<HttpResponse<InputStream>> answer =
                clients.with(call.uri(), access)
                        .sendAsync(request(call), _ -> new TimedBody(limits));
        boolean handedOver = false;
        try {
            HttpResponse<InputStream> response =
                    answer.get(limits.noProgress().toMillis(), TimeUnit.MILLISECONDS);
            handedOver = true;
            return new Answer(
                    call.uri(), response.statusCode(), response.headers(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the request was given up");
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no answer within " + limits.noProgress());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io
                    ? io
                    : new IOException("the request failed: " + e.getCause());
        } finally {
            if (!handedOver && !answer.cancel(true)) {
                var _ = answer.thenAccept(SendRequest::discard);
            }
        }
    }

    private HttpRequest request(Call call) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(call.uri());
        builder.setHeader("User-Agent", "carafe");
        call.headers().forEach(builder::setHeader);
        proxies.of(call.uri())
                .map(Proxies.HttpProxy::authorization)
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> builder.setHeader("Proxy-Authorization", text));
        if (call.form().isEmpty()) {
            return builder.GET().build();
        }
        return builder.setHeader("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(call.form()))
                .build();
    }

    private static void discard(HttpResponse<InputStream> response) {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
