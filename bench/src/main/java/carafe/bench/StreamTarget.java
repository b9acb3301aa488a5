package carafe.bench;

import carafe.proto.cri.ExecRequest;
import carafe.testkit.stream.CommandWire;
import carafe.testkit.stream.SpdyWire;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A container that waits for execs, and what they take. */
record StreamTarget(Peer peer, String id) {
    static final int STREAM_MIB = 256;

    private static final int MIB = 1 << 20;
    private static final int BLOCK = 32 << 10;
    private static final int UPLOAD_SECONDS = 120;

    static StreamTarget start(Peer peer) {
        return new StreamTarget(peer, peer.node().sleeper("streams"));
    }

    double execSync() {
        long begin = System.nanoTime();
        if (peer.node().kubelet().exec(id, "true").getExitCode() != 0) {
            throw new IllegalStateException(peer.name() + ": true has failed");
        }
        return millisSince(begin);
    }

    private CommandWire open(String... command) throws Exception {
        ExecRequest request =
                ExecRequest.newBuilder()
                        .setContainerId(id)
                        .addAllCmd(List.of(command))
                        .setStdin(true)
                        .setStdout(true)
                        .build();
        URI url = URI.create(peer.node().client().runtime().exec(request).getUrl());
        return new SpdyWire(url);
    }

    double roundTrip() throws Exception {
        long begin = System.nanoTime();
        try (CommandWire wire = open("true")) {
            finish(wire, 0);
        }
        return millisSince(begin);
    }

    double download() throws Exception {
        try (CommandWire wire =
                open("head", "-c", String.valueOf((long) STREAM_MIB * MIB), "/dev/zero")) {
            long begin = System.nanoTime();
            finish(wire, (long) STREAM_MIB * MIB);
            return STREAM_MIB * 1e3 / millisSince(begin);
        }
    }

    double upload() throws Exception {
        byte[] block = new byte[BLOCK];
        try (CommandWire wire = open("sh", "-c", "cat > /dev/null")) {
            long begin = System.nanoTime();
            // As real clients do: read what comes while sending.
            FutureTask<Void> end =
                    new FutureTask<>(() -> {
                        finish(wire, 0);
                        return null;
                    });
            Thread.ofVirtual().start(end);
            try {
                for (long sent = 0; sent < (long) STREAM_MIB * MIB; sent += BLOCK) {
                    wire.send(block, 0, BLOCK);
                }
                wire.endInput();
            } catch (IOException e) {
                // What the server said before it broke off tells more.
                end.get(UPLOAD_SECONDS, TimeUnit.SECONDS);
                throw e;
            }
            end.get(UPLOAD_SECONDS, TimeUnit.SECONDS);
            return STREAM_MIB * 1e3 / millisSince(begin);
        }
    }

    private void finish(CommandWire wire, long expected) throws Exception {
        long[] received = {0};
        String status = wire.receive((_, _, length) -> received[0] += length);
        if (!status.contains("\"Success\"") || received[0] != expected) {
            throw new IllegalStateException(
                    "%s: %d bytes, %s".formatted(peer.name(), received[0], status));
        }
    }

    private static double millisSince(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }
}
