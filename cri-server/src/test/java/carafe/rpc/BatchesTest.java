package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.Container;
import carafe.proto.cri.StreamContainersResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchesTest {
    private static final Batches<Integer, Container, StreamContainersResponse> BATCHES =
            new Batches<>(
                    size -> Container.newBuilder().setImageRef("x".repeat(size)).build(),
                    items -> StreamContainersResponse.newBuilder().addAllContainers(items).build());

    @Test
    void messagesAreAsFullAsTheyMayBe() throws InterruptedException {
        List<StreamContainersResponse> sent =
                send(IntStream.range(0, 5000).mapToObj(i -> 100 + i % 900).toList());

        assertThat(sent).hasSizeGreaterThan(1);
        assertThat(sent)
                .allMatch(each -> each.getSerializedSize() <= Batches.BYTES)
                .allMatch(each -> each.getContainersCount() > 0);
        assertThat(sent.subList(0, sent.size() - 1))
                .allMatch(each -> each.getSerializedSize() > Batches.BYTES - 1100);
        assertThat(
                        sent.stream()
                                .flatMap(each -> each.getContainersList().stream())
                                .map(each -> each.getImageRef().length()))
                .containsExactlyElementsOf(
                        IntStream.range(0, 5000).mapToObj(i -> 100 + i % 900).toList());
    }

    @Test
    void anItemThatIsTooLargeGoesAlone() throws InterruptedException {
        assertThat(send(List.of(10, 2 << 20, 10)))
                .extracting(StreamContainersResponse::getContainersCount)
                .containsExactly(1, 1, 1);
    }

    @Test
    void nothingIsNoMessage() throws InterruptedException {
        assertThat(send(List.of())).isEmpty();
    }

    private static List<StreamContainersResponse> send(List<Integer> sizes)
            throws InterruptedException {
        List<StreamContainersResponse> sent = new ArrayList<>();
        BATCHES.send(
                sizes,
                new Outlet<>() {
                    @Override
                    public void begin() {}

                    @Override
                    public void send(StreamContainersResponse message) {
                        sent.add(message);
                    }
                });
        return sent;
    }
}
