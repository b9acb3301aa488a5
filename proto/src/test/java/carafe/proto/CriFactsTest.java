package carafe.proto;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.CriProto;
import carafe.proto.cri.ImageServiceGrpc;
import carafe.proto.cri.RuntimeServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares our protocol with cri-facts.tsv, which was taken from the descriptors of Kubernetes' own
 * cri-api. Both directions: nothing is missing, different or added.
 */
final class CriFactsTest {
    private static final List<List<String>> ROWS = TestTable.rows("cri-facts.tsv");

    @Test
    void tableHasTheWholeProtocol() {
        assertThat(ROWS.stream().filter(row -> row.getFirst().equals("rpc"))).hasSize(37 + 6);
        assertThat(ROWS.stream().filter(row -> row.getFirst().equals("message"))).hasSize(175);
    }

    @Test
    void ourProtocolIsTheTable() {
        assertThat(CriFacts.of(CriProto.getDescriptor()))
                .containsExactlyInAnyOrderElementsOf(TestTable.lines("cri-facts.tsv"));
    }

    @Test
    void packageIsTheOneClientsCall() {
        assertThat(CriProto.getDescriptor().getPackage()).isEqualTo("runtime.v1");
    }

    @Test
    void grpcServesEveryRpcUnderItsName() {
        List<String> served =
                Stream.of(
                                RuntimeServiceGrpc.getServiceDescriptor(),
                                ImageServiceGrpc.getServiceDescriptor())
                        .map(ServiceDescriptor::getMethods)
                        .flatMap(methods -> methods.stream())
                        .map(rpc -> rpc.getFullMethodName() + " " + rpc.getType())
                        .toList();
        List<String> expected =
                ROWS.stream()
                        .filter(row -> row.getFirst().equals("rpc"))
                        .map(CriFactsTest::grpcForm)
                        .toList();
        assertThat(served).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String grpcForm(List<String> row) {
        MethodType type =
                row.getLast().equals("unary") ? MethodType.UNARY : MethodType.SERVER_STREAMING;
        String service = "runtime.v1." + row.get(1);
        return MethodDescriptor.generateFullMethodName(service, row.get(2)) + " " + type;
    }
}
