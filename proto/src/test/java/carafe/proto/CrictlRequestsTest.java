package carafe.proto;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ImageServiceGrpc;
import carafe.proto.cri.RuntimeServiceGrpc;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests of the real crictl, read and written again the way the server does it. */
final class CrictlRequestsTest {
    private static final Map<String, MethodDescriptor<?, ?>> RPCS =
            Stream.of(
                            RuntimeServiceGrpc.getServiceDescriptor(),
                            ImageServiceGrpc.getServiceDescriptor())
                    .flatMap(service -> service.getMethods().stream())
                    .collect(
                            Collectors.toMap(
                                    MethodDescriptor::getBareMethodName, Function.identity()));

    /** RPCs crictl has no command for; reference-messages.tsv covers their messages. */
    private static final Set<String> NOT_IN_CRICTL =
            Set.of(
                    "CheckpointPod",
                    "ContainerStats",
                    "PodSandboxStats",
                    "RestorePod",
                    "StreamContainerStats",
                    "StreamContainers",
                    "StreamImages",
                    "StreamPodSandboxMetrics",
                    "StreamPodSandboxStats",
                    "StreamPodSandboxes",
                    "UpdatePodSandboxResources");

    record Capture(String rpc, String command, ByteString bytes) {
        @Override
        public String toString() {
            return rpc + ": " + command;
        }
    }

    static List<Capture> captures() {
        return TestTable.rows("crictl-requests.tsv").stream()
                .map(row -> new Capture(row.get(0), row.get(1), hex(row.get(2))))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void requestIsUnderstoodAndWrittenAlike(Capture capture) throws Exception {
        Message request = request(capture);

        assertThat(Wire.unknownFieldsIn(request)).isEmpty();
        ByteString again = request.toByteString();
        assertThat(again.size()).isEqualTo(capture.bytes().size());
        assertThat(request.getParserForType().parseFrom(again)).isEqualTo(request);
        if (!Wire.hasOpenOrder(request)) {
            assertThat(again).isEqualTo(capture.bytes());
        }
    }

    @Test
    void everyRpcOfCrictlWasCaptured() {
        Set<String> expected = new TreeSet<>(RPCS.keySet());
        expected.removeAll(NOT_IN_CRICTL);
        assertThat(captures().stream().map(Capture::rpc).distinct())
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    private static Message request(Capture capture) throws InvalidProtocolBufferException {
        MethodDescriptor<?, ?> rpc = RPCS.get(capture.rpc());
        if (rpc == null) {
            throw new InvalidProtocolBufferException("no RPC " + capture.rpc());
        }
        return (Message) rpc.parseRequest(capture.bytes().newInput());
    }

    private static ByteString hex(String digits) {
        return ByteString.copyFrom(HexFormat.of().parseHex(digits));
    }
}
