package carafe.rpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Sends a list in messages of at most 1 MiB, however many items that is: an item that is larger
 * goes alone, no message is empty, an empty list is no message at all. Items become messages only
 * when their turn comes.
 *
 * @param item translates one item
 * @param message wraps the items of one message
 * @param <T> item of the domain
 * @param <I> item of the protocol
 * @param <R> response message
 */
record Batches<T, I extends MessageLite, R>(Function<T, I> item, Function<List<I>, R> message) {
    /** Far below the 4 MiB that gRPC clients take when nobody told them otherwise. */
    static final int BYTES = 1 << 20;

    /** Every field of ours that holds items has a number below 16, which takes one byte. */
    private static final int TAG_BYTES = 1;

    void send(Iterable<T> all, Outlet<R> out) throws InterruptedException {
        List<I> batch = new ArrayList<>();
        int bytes = 0;
        for (T each : all) {
            I next = item.apply(each);
            int size = TAG_BYTES + CodedOutputStream.computeMessageSizeNoTag(next);
            if (!batch.isEmpty() && bytes + size > BYTES) {
                out.send(message.apply(batch));
                batch = new ArrayList<>();
                bytes = 0;
            }
            batch.add(next);
            bytes += size;
        }
        if (!batch.isEmpty()) {
            out.send(message.apply(batch));
        }
    }
}
