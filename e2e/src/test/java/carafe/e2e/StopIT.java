package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerState;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.Signal;
import carafe.testkit.client.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How containers are asked to end: with which signal, and for how long. */
@Timeout(90)
final class StopIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;

    /**
     * Ends with the number of the signal it gets, whichever that is. No child ends before, which
     * would be SIGCHLD.
     */
    private static final String TELLS_ITS_SIGNAL =
            "for s in $(seq 1 31) $(seq 34 64); do [ $s = 9 ] || [ $s = 19 ] || trap \"exit $s\" $s;"
                    + " done; sleep 500 & echo ready; wait";

    @RegisterExtension static final Node node = new Node();

    @Test
    void everySignalOfTheProtocolIsReportedAndSent() throws Exception {
        PodSandboxConfig pod = node.pod("signals").build();
        String podId = node.kubelet().runPod(pod);
        List<String> wrong = new ArrayList<>();
        for (Signal signal : Signal.values()) {
            if (signal == Signal.UNRECOGNIZED) {
                continue;
            }
            String name = signal.name().toLowerCase(java.util.Locale.ROOT);
            ContainerStatus ended =
                    stopped(
                            podId,
                            pod,
                            node.container(name, "sh", "-c", TELLS_ITS_SIGNAL)
                                    .setStopSignal(signal)
                                    .build(),
                            signal == Signal.SIGNAL_SIGSTOP ? 1 : 60);
            int number = number(signal);
            int expected = number == SIGKILL || number == SIGSTOP ? 128 + SIGKILL : number;
            Signal reported =
                    signal == Signal.SIGNAL_RUNTIME_DEFAULT ? Signal.SIGNAL_SIGTERM : signal;
            if (ended.getExitCode() != expected || ended.getStopSignal() != reported) {
                wrong.add(
                        "%s: told %d, reported %s"
                                .formatted(signal, ended.getExitCode(), ended.getStopSignal()));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theRequestsSignalWinsOverTheImages() throws Exception {
        node.images().directory().copy("small", "stop-signal");
        node.images().directory().configure("stop-signal", "--config.stopsignal=SIGUSR1");
        String image =
                node.images()
                        .registry()
                        .push(
                                node.images().directory().image("stop-signal"),
                                "debian/stop-signal:1");
        node.kubelet().pull(image);
        PodSandboxConfig pod = node.pod("image-signal").build();
        String podId = node.kubelet().runPod(pod);
        ContainerConfig.Builder container =
                node.container("images", "sh", "-c", TELLS_ITS_SIGNAL)
                        .setImage(ImageSpec.newBuilder().setImage(image));

        ContainerStatus images = stopped(podId, pod, container.build(), 60);
        container.getMetadataBuilder().setName("requests");
        ContainerStatus requests =
                stopped(
                        podId,
                        pod,
                        container
                                .setLogPath("requests.log")
                                .setStopSignal(Signal.SIGNAL_SIGRTMINPLUS3)
                                .build(),
                        60);

        node.kubelet().removeEverything();
        node.kubelet().removeImage(image);
        assertThat(images.getExitCode()).isEqualTo(10);
        assertThat(images.getStopSignal()).isEqualTo(Signal.SIGNAL_SIGUSR1);
        assertThat(requests.getExitCode()).isEqualTo(37);
        assertThat(requests.getStopSignal()).isEqualTo(Signal.SIGNAL_SIGRTMINPLUS3);
    }

    @Test
    void aSecondStopWithLessPatienceIsObeyed() throws Exception {
        PodSandboxConfig pod = node.pod("impatient").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container(
                                                "deaf",
                                                "sh",
                                                "-c",
                                                "trap '' TERM; sleep 500 & echo ready; wait")
                                        .build());
        awaitReady(Node.log(pod, "deaf"));
        long begin = System.nanoTime();
        FutureTask<Boolean> patient =
                new FutureTask<>(() -> {
                    node.kubelet().stop(id, 600);
                    return true;
                });
        Thread.ofVirtual().start(patient);
        node.kubelet().stop(id, 1);

        assertThat(patient.get()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
        assertThat(node.kubelet().status(id).getExitCode()).isEqualTo(137);
    }

    /** Runs it until it is ready, stops it, and tells how it ended. */
    private static ContainerStatus stopped(
            String podId, PodSandboxConfig pod, ContainerConfig container, long graceSeconds)
            throws Exception {
        String id = node.kubelet().run(podId, pod, container);
        awaitReady(Path.of(pod.getLogDirectory(), container.getLogPath()));
        node.kubelet().stop(id, graceSeconds);
        ContainerStatus status = node.kubelet().status(id);
        assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
        node.kubelet().remove(id);
        return status;
    }

    private static void awaitReady(Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + SOON.toNanos();
        while (!Files.exists(log) || !LogLine.texts(log, "stdout").contains("ready")) {
            assertThat(System.nanoTime()).as("ready in time: %s", log).isLessThan(end);
            Thread.sleep(5);
        }
    }

    /** The kernel's number, from the name. */
    private static int number(Signal signal) {
        String name = signal.name().substring("SIGNAL_SIG".length());
        if (signal == Signal.SIGNAL_RUNTIME_DEFAULT) {
            return 15;
        }
        if (name.startsWith("RTMIN")) {
            return 34 + offset(name);
        }
        if (name.startsWith("RTMAX")) {
            return 64 - offset(name);
        }
        List<String> names =
                Arrays.asList(
                        ("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT"
                                        + " CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO"
                                        + " PWR SYS")
                                .split(" ", -1));
        String known =
                switch (name) {
                    case "CLD" -> "CHLD";
                    case "IOT" -> "ABRT";
                    case "POLL" -> "IO";
                    default -> name;
                };
        return names.indexOf(known) + 1;
    }

    private static int offset(String name) {
        String digits = name.replaceAll("\\D", "");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }
}
