package carafe.linux.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the reference bus, which ends a connection at the first bit out of place. */
class DbusConnectionIT {
    private static final Path DAEMON = Path.of("/usr/bin/dbus-daemon");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final DbusObject BUS =
            new DbusObject("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus");

    @TempDir private Path dir;
    private @Nullable Process daemon;
    private Path socket = Path.of("bus");

    @BeforeEach
    void start() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(DAEMON), "needs dbus-daemon");
        socket = dir.resolve("bus");
        Path config = dir.resolve("bus.conf");
        Files.writeString(
                config,
                """
                <busconfig>
                  <type>session</type>
                  <listen>unix:path=%s</listen>
                  <auth>EXTERNAL</auth>
                  <policy context="default">
                    <allow send_destination="*" eavesdrop="true"/>
                    <allow eavesdrop="true"/>
                    <allow own="*"/>
                  </policy>
                </busconfig>
                """
                        .formatted(socket));
        daemon =
                new ProcessBuilder(DAEMON.toString(), "--nofork", "--config-file=" + config)
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("bus.log").toFile())
                        .start();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(socket) && System.nanoTime() < end) {
            Thread.sleep(10);
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        if (daemon != null) {
            daemon.destroyForcibly().waitFor();
        }
    }

    @Test
    void theReferenceBusAnswersAndRefuses() throws IOException {
        try (DbusConnection bus = DbusConnection.open(socket, PATIENCE)) {
            assertThat(bus.call(BUS, "GetId", "", List.of()).getFirst().toString()).hasSize(32);
            assertThat((List<?>) bus.call(BUS, "ListNames", "", List.of()).getFirst()).hasSize(2);
            assertThatThrownBy(() -> bus.call(BUS, "NoSuchMethod", "", List.of()))
                    .isInstanceOfSatisfying(
                            DbusErrorException.class,
                            e ->
                                    assertThat(e.name())
                                            .isEqualTo("org.freedesktop.DBus.Error.UnknownMethod"));
            assertThat(bus.call(BUS, "GetId", "", List.of())).hasSize(1);
        }
    }

    /**
     * All that the reference bus checks of a message's inside, with the types that systemd wants.
     */
    @Test
    void theReferenceBusTakesTheFormOfAStartOfAUnit() throws IOException {
        DbusObject nobody = new DbusObject("no.body", "/no/body", "no.body");
        List<Object> properties =
                List.of(
                        List.of("Description", DbusVariant.of("pod ä")),
                        List.of("PIDs", new DbusVariant("au", List.of(77))),
                        List.of("Delegate", DbusVariant.of(true)),
                        List.of("MemoryMax", DbusVariant.ofUnsigned(-1)));
        try (DbusConnection bus = DbusConnection.open(socket, PATIENCE)) {
            assertThatThrownBy(() ->
                            bus.call(
                                    nobody,
                                    "StartTransientUnit",
                                    "ssa(sv)a(sa(sv))",
                                    List.of("x.scope", "fail", properties, List.of())))
                    .isInstanceOfSatisfying(
                            DbusErrorException.class,
                            e ->
                                    assertThat(e.name())
                                            .isEqualTo(
                                                    "org.freedesktop.DBus.Error.ServiceUnknown"));
            assertThat(bus.call(BUS, "GetId", "", List.of())).as("still connected").hasSize(1);
        }
    }

    @Test
    void signalsThatWereAskedForArrive() throws IOException {
        try (DbusConnection bus = DbusConnection.open(socket, PATIENCE)) {
            bus.subscribe("type='signal',member='NameOwnerChanged'");
            bus.call(BUS, "RequestName", "su", List.of("carafe.Test", 0));
            DbusMessage signal =
                    bus.awaitSignal(each ->
                            each.member().equals("NameOwnerChanged")
                                    && each.body().getFirst().equals("carafe.Test"));
            assertThat(signal.body()).hasSize(3);
        }
    }

    @Test
    void aBusThatDoesNotAnswerIsGivenUp() throws IOException {
        try (DbusConnection bus = DbusConnection.open(socket, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> bus.awaitSignal(_ -> false))
                    .isInstanceOf(InterruptedIOException.class);
        }
        assertThatThrownBy(() -> DbusConnection.open(dir.resolve("none"), PATIENCE))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(InterruptedIOException.class);
    }
}
