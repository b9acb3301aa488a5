package carafe.e2e;

import carafe.proto.cri.AttachRequest;
import carafe.proto.cri.ExecRequest;
import carafe.proto.cri.PortForwardRequest;
import carafe.testkit.client.CriClient;
import java.net.URI;
import java.util.List;

/** URLs of streams, as a client asks for them. */
final class StreamUrls {
    private StreamUrls() {}

    /** Standard input and output, no terminal. */
    static URI exec(CriClient client, String id, String... command) {
        return exec(client, request(id, command).setStdin(true));
    }

    /** Input and output on a terminal. */
    static URI terminal(CriClient client, String id, String... command) {
        return exec(client, request(id, command).setStdin(true).setTty(true));
    }

    private static ExecRequest.Builder request(String id, String... command) {
        return ExecRequest.newBuilder()
                .setContainerId(id)
                .addAllCmd(List.of(command))
                .setStdout(true);
    }

    private static URI exec(CriClient client, ExecRequest.Builder request) {
        return URI.create(client.runtime().exec(request.build()).getUrl());
    }

    /** Standard input and output. */
    static URI attach(CriClient client, String id) {
        AttachRequest request =
                AttachRequest.newBuilder()
                        .setContainerId(id)
                        .setStdin(true)
                        .setStdout(true)
                        .build();
        return URI.create(client.runtime().attach(request).getUrl());
    }

    /** Standard output only. */
    static URI attachOutput(CriClient client, String id) {
        AttachRequest request =
                AttachRequest.newBuilder().setContainerId(id).setStdout(true).build();
        return URI.create(client.runtime().attach(request).getUrl());
    }

    /**
     * @param ports of a client that cannot name them on its streams
     */
    static URI portForward(CriClient client, String podId, Integer... ports) {
        PortForwardRequest request =
                PortForwardRequest.newBuilder()
                        .setPodSandboxId(podId)
                        .addAllPort(List.of(ports))
                        .build();
        return URI.create(client.runtime().portForward(request).getUrl());
    }
}
