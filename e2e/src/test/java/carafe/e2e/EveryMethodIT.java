package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ImageServiceGrpc;
import carafe.proto.cri.RuntimeServiceGrpc;
import carafe.testkit.client.CriClient;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every method of the protocol answers an empty request as a grown-up: it works, refuses the
 * request, or says that it is not there yet, by name; and no answer is an accident.
 */
@Timeout(30)
final class EveryMethodIT {
    private static final Set<Status.Code> FINE =
            Set.of(
                    Status.Code.OK,
                    Status.Code.INVALID_ARGUMENT,
                    Status.Code.NOT_FOUND,
                    Status.Code.UNIMPLEMENTED);

    @RegisterExtension static final Node node = new Node();

    static List<MethodDescriptor<?, ?>> methods() {
        return Stream.of(
                        RuntimeServiceGrpc.getServiceDescriptor(),
                        ImageServiceGrpc.getServiceDescriptor())
                .flatMap(service -> service.getMethods().stream())
                // Streams of events never end by themselves.
                .filter(method -> method.getType() == MethodType.UNARY)
                .<MethodDescriptor<?, ?>>map(method -> method)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void answersAnEmptyRequest(MethodDescriptor<Message, Message> method) {
        Status status = call(method);

        assertThat(FINE)
                .as("%s: %s", method.getFullMethodName(), status)
                .contains(status.getCode());
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            assertThat(status.getDescription()).contains(method.getBareMethodName());
        } else if (status.getCode() != Status.Code.OK) {
            assertThat(status.getDescription()).isNotBlank();
        }
    }

    private static Status call(MethodDescriptor<Message, Message> method) {
        PrototypeMarshaller<Message> marshaller =
                (PrototypeMarshaller<Message>) method.getRequestMarshaller();
        CriClient client = node.client();
        try {
            ClientCalls.blockingUnaryCall(
                    client.runtime().getChannel(),
                    method,
                    CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
                    marshaller.getMessagePrototype());
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }
}
