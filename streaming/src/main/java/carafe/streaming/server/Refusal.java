package carafe.streaming.server;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Why a request gets no stream.
 *
 * @param text what the client reads
 */
record Refusal(HttpResponseStatus status, String text) {
    static Refusal bad(String text) {
        return new Refusal(HttpResponseStatus.BAD_REQUEST, text);
    }

    /** Unknown, used, too old, or meant for something else: the client cannot tell which. */
    static Refusal unknown() {
        return new Refusal(
                HttpResponseStatus.NOT_FOUND, "no such stream: its URL is good once, for a minute");
    }

    static Refusal protocol(String text) {
        return new Refusal(HttpResponseStatus.FORBIDDEN, text);
    }
}
