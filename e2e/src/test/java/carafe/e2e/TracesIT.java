package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.ScriptedRegistry;
import carafe.testkit.trace.TraceCollector;
import carafe.testkit.trace.TraceCollector.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Spans of what is done for a kubelet that traces, at a collector. */
@Timeout(180)
final class TracesIT {
    private static final String TRACE = TracingKubelet.TRACE;
    private static final Pattern FAILED =
            Pattern.compile("carafe_trace_spans_total\\{result=\"failed\"} ([0-9.]+)");
    private static final int METRICS;
    private static final TraceCollector COLLECTOR;

    static {
        try {
            METRICS = Prometheus.freePort();
            COLLECTOR = new TraceCollector();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @RegisterExtension
    static final Node node =
            new Node(instance -> {
                Path config = instance.scratch().resolve("config.toml");
                Files.writeString(
                        config, "[tracing]\nendpoint = \"%s\"\n".formatted(COLLECTOR.endpoint()));
                List<String> flags = new ArrayList<>(CniIT.configure(instance));
                flags.addAll(List.of("--config", config.toString()));
                flags.addAll(List.of("--metrics-address", "127.0.0.1:" + METRICS));
                return flags;
            });

    @AfterAll
    static void close() {
        COLLECTOR.close();
    }

    private static CriClient client(String flags) {
        return TracingKubelet.client(node.instance(), flags);
    }

    @Test
    void whatKubeletTracesGoesOnThroughCallsStagesShimAndPlugins() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.start();
                CriClient unsampled = client("00");
                CriClient sampled = client("01")) {
            new Kubelet(unsampled).removeEverything();
            String image = pull(registry, sampled);
            live(new Kubelet(sampled));
            new Kubelet(sampled).removeImage(image);

            Seen stop = call("StopPodSandbox");
            Seen stopped = only(stop, "pod.stop");
            assertThat(only(part(stopped, "containers"), "container.stop").attributes())
                    .containsKey("carafe.id");
            assertThat(COLLECTOR.below(part(stopped, "released")))
                    .filteredOn(span -> span.name().equals("cni.del"))
                    .hasSize(2);
            podIsTold();
            containerIsTold();
            pullIsTold();
            assertThat(COLLECTOR.spans())
                    .as("a read nobody samples, and calls without a trace")
                    .allMatch(span -> span.traceId().equals(TRACE))
                    .allMatch(span -> !span.parentId().isEmpty())
                    .noneMatch(span -> span.name().equals("ListContainers"));
            exemplarsNameTheTrace();
        }
        aDeadCollectorHoldsNothingUp();
    }

    private static String pull(ScriptedRegistry registry, CriClient client) throws IOException {
        TestLayer layer = TestLayer.gzip(new TarBuilder().file("f", "x".repeat(9_000)).build());
        String image = registry.push("traced", "1", TestImage.oci(layer));
        new Kubelet(client).pull(image);
        return image;
    }

    private static void live(Kubelet kubelet) {
        PodSandboxConfig pod = node.pod("traced").build();
        String podId = kubelet.runPod(pod);
        String id = kubelet.run(podId, pod, node.container("c", "sleep", "100").build());
        assertThat(kubelet.exec(id, "true").getExitCode()).isZero();
        kubelet.stopPod(podId);
        kubelet.removePod(podId);
    }

    private static void podIsTold() throws InterruptedException {
        Seen run = call("RunPodSandbox");
        Seen change = only(run, "pod.run");
        assertThat(COLLECTOR.below(change))
                .extracting(Seen::name)
                .containsExactly(
                        "pod.run.record",
                        "pod.run.bundle",
                        "pod.run.holder",
                        "pod.run.files",
                        "pod.run.cgroup",
                        "pod.run.network",
                        "pod.run.ready");
        assertThat(COLLECTOR.below(part(change, "holder")))
                .extracting(Seen::name)
                .containsExactly("shim.pod");
        // Attaching begins beside the pod's files, and the stage of the network is the rest of the
        // wait.
        assertThat(COLLECTOR.below(part(change, "files")))
                .extracting(span -> span.name() + " " + span.attributes().get("cni.plugin"))
                .containsExactly("cni.add bridge", "cni.add loopback");
        assertThat(change.nanos()).isPositive().isLessThanOrEqualTo(run.nanos());
    }

    private static void containerIsTold() throws InterruptedException {
        Seen create = only(call("CreateContainer"), "container.create");
        assertThat(COLLECTOR.below(create).stream().flatMap(it -> COLLECTOR.below(it).stream()))
                .extracting(Seen::name)
                .contains("shim.create");
        Seen start = only(call("StartContainer"), "container.start");
        assertThat(COLLECTOR.below(part(start, "shim")))
                .extracting(Seen::name)
                .contains("shim.start");
        assertThat(COLLECTOR.below(call("ExecSync"))).extracting(Seen::name).contains("shim.exec");
    }

    private static void pullIsTold() throws InterruptedException {
        Seen call = call("PullImage");
        Seen pull = only(call, "pull");
        assertThat(call.attributes().get("carafe.image")).contains("traced:1");
        assertThat(COLLECTOR.below(pull))
                .extracting(Seen::name)
                .containsExactlyInAnyOrder(
                        "pull.resolve", "pull.verify", "pull.download", "pull.unpack");
    }

    private static void exemplarsNameTheTrace() throws IOException, InterruptedException {
        String page = Scrape.text(METRICS, "application/openmetrics-text;version=1.0.0");
        for (String family :
                List.of("rpc", "operation", "operation_stage", "network", "pull", "pull_stage")) {
            assertThat(page)
                    .containsPattern(
                            "carafe_%s_seconds_bucket\\{[^\n]* # \\{[^\n]*trace_id=\"%s\""
                                    .formatted(family, TRACE));
        }
    }

    private static void aDeadCollectorHoldsNothingUp() throws Exception {
        COLLECTOR.close();
        try (CriClient sampled = client("01")) {
            live(new Kubelet(sampled));
        }
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (failed() == 0 && System.nanoTime() < end) {
            Thread.sleep(100);
        }
        assertThat(failed()).isPositive();
    }

    private static double failed() throws IOException, InterruptedException {
        Matcher row = FAILED.matcher(Scrape.text(METRICS, "text/plain"));
        return row.find() ? Double.parseDouble(row.group(1)) : 0;
    }

    /** The span of a call, which kubelet's own is above; what is below it came before it. */
    private static Seen call(String method) throws InterruptedException {
        Seen call = COLLECTOR.await("of " + method, span -> span.name().equals(method));
        assertThat(call.parentId()).as(method).isEqualTo(TracingKubelet.SPAN);
        assertThat(call.attributes())
                .containsEntry("rpc.method", method)
                .containsEntry("rpc.response.status_code", "OK");
        assertThat(call.error()).isEmpty();
        return call;
    }

    /** What is on another thread may come a little later. */
    private static Seen only(Seen above, String name) throws InterruptedException {
        return COLLECTOR.await(
                "%s below %s".formatted(name, above),
                it -> it.name().equals(name) && it.parentId().equals(above.spanId()));
    }

    private static Seen part(Seen change, String stage) throws InterruptedException {
        return only(change, change.name() + "." + stage);
    }
}
