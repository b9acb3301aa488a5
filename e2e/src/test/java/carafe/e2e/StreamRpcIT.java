package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.Container;
import carafe.proto.cri.ContainerEventResponse;
import carafe.proto.cri.ContainerFilter;
import carafe.proto.cri.ContainerState;
import carafe.proto.cri.ContainerStateValue;
import carafe.proto.cri.ContainerStatsFilter;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.Image;
import carafe.proto.cri.ImageFilter;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.ListContainersRequest;
import carafe.proto.cri.ListImagesRequest;
import carafe.proto.cri.ListPodSandboxRequest;
import carafe.proto.cri.PodSandbox;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxFilter;
import carafe.proto.cri.PodSandboxState;
import carafe.proto.cri.PodSandboxStateValue;
import carafe.proto.cri.StreamContainerStatsRequest;
import carafe.proto.cri.StreamContainersRequest;
import carafe.proto.cri.StreamContainersResponse;
import carafe.proto.cri.StreamImagesRequest;
import carafe.proto.cri.StreamImagesResponse;
import carafe.proto.cri.StreamPodSandboxStatsRequest;
import carafe.proto.cri.StreamPodSandboxesRequest;
import carafe.proto.cri.StreamPodSandboxesResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What comes as a stream: lists in messages of bounded size, and events as they happen. */
@Timeout(90)
final class StreamRpcIT {
    @RegisterExtension static final Node node = new Node();

    @Test
    void podsAndContainersComeAsInTheirListsThroughTheSameFilters() throws InterruptedException {
        PodSandboxConfig web = node.pod("web").putLabels("app", "web").build();
        PodSandboxConfig db = node.pod("db").putLabels("app", "db").build();
        String webId = node.kubelet().runPod(web);
        String dbId = node.kubelet().runPod(db);
        String ended = node.kubelet().run(webId, web, node.container("a", "true").build());
        node.kubelet().awaitExit(ended, Duration.ofSeconds(20));
        node.kubelet().run(webId, web, node.container("b", "sleep", "98").build());
        node.kubelet().create(dbId, db, node.container("c", "true").putLabels("k", "v").build());
        node.kubelet().stopPod(dbId);

        for (PodSandboxFilter filter :
                List.of(
                        PodSandboxFilter.getDefaultInstance(),
                        PodSandboxFilter.newBuilder().setId(webId.substring(0, 20)).build(),
                        PodSandboxFilter.newBuilder().setState(notReady()).build(),
                        PodSandboxFilter.newBuilder().putLabelSelector("app", "web").build(),
                        PodSandboxFilter.newBuilder().setId("ffffffffffff").build())) {
            assertThat(streamed(filter)).as("%s", filter).isEqualTo(listed(filter));
        }
        assertThat(streamed(PodSandboxFilter.newBuilder().setState(notReady()).build()))
                .extracting(PodSandbox::getId)
                .containsExactly(dbId);
        for (ContainerFilter filter :
                List.of(
                        ContainerFilter.getDefaultInstance(),
                        ContainerFilter.newBuilder().setId(ended.substring(0, 20)).build(),
                        ContainerFilter.newBuilder().setPodSandboxId(webId).build(),
                        ContainerFilter.newBuilder().setState(exited()).build(),
                        ContainerFilter.newBuilder()
                                .setPodSandboxId(dbId)
                                .putLabelSelector("k", "v")
                                .build(),
                        ContainerFilter.newBuilder().putLabelSelector("k", "w").build())) {
            assertThat(streamed(filter)).as("%s", filter).isEqualTo(listed(filter));
        }
        assertThat(streamed(ContainerFilter.newBuilder().setPodSandboxId(webId).build()))
                .hasSize(2);
    }

    @Test
    void aListOfSeveralMebibytesComesInSeveralMessages() {
        PodSandboxConfig pod = node.pod("big").build();
        String podId = node.kubelet().runPod(pod);
        for (int i = 0; i < 5; i++) {
            node.kubelet()
                    .create(
                            podId,
                            pod,
                            node.container("big" + i, "true")
                                    .putAnnotations("big", "x".repeat(700_000))
                                    .build());
        }
        List<StreamContainersResponse> messages = new ArrayList<>();
        node.client()
                .runtime()
                .streamContainers(StreamContainersRequest.getDefaultInstance())
                .forEachRemaining(messages::add);

        assertThat(messages)
                .hasSize(5)
                .allMatch(each -> each.getSerializedSize() <= 1 << 20)
                .allMatch(each -> each.getContainersCount() == 1);
    }

    @Test
    void usageComesAsStreamsToo() {
        PodSandboxConfig pod = node.pod("used").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().run(podId, pod, node.container("c", "sleep", "95").build());
        List<String> containers = new ArrayList<>();
        node.client()
                .runtime()
                .streamContainerStats(
                        StreamContainerStatsRequest.newBuilder()
                                .setFilter(ContainerStatsFilter.newBuilder().setId(id))
                                .build())
                .forEachRemaining(each ->
                        each.getContainerStatsList()
                                .forEach(stats -> containers.add(stats.getAttributes().getId())));
        List<String> pods = new ArrayList<>();
        node.client()
                .runtime()
                .streamPodSandboxStats(StreamPodSandboxStatsRequest.getDefaultInstance())
                .forEachRemaining(each ->
                        each.getPodSandboxStatsList()
                                .forEach(stats -> pods.add(stats.getAttributes().getId())));

        assertThat(containers).containsExactly(id);
        assertThat(pods).containsExactly(podId);
    }

    @Test
    void imagesComeAsInTheirList() {
        for (ImageFilter filter :
                List.of(
                        ImageFilter.getDefaultInstance(),
                        imageFilter(node.images().tools()),
                        imageFilter("registry.example/absent:1"))) {
            List<Image> streamed = new ArrayList<>();
            Iterator<StreamImagesResponse> messages =
                    node.client()
                            .images()
                            .streamImages(
                                    StreamImagesRequest.newBuilder().setFilter(filter).build());
            messages.forEachRemaining(each -> streamed.addAll(each.getImagesList()));
            assertThat(streamed)
                    .isEqualTo(
                            node.client()
                                    .images()
                                    .listImages(
                                            ListImagesRequest.newBuilder()
                                                    .setFilter(filter)
                                                    .build())
                                    .getImagesList());
        }
    }

    @Test
    void everySubscriberHearsTheWholeLife() throws Exception {
        try (EventReader first = EventReader.open(node.client());
                EventReader leaves = EventReader.open(node.client());
                EventReader second = EventReader.open(node.client())) {
            PodSandboxConfig pod = node.pod("eventful").build();
            String podId = node.kubelet().runPod(pod);
            leaves.hangUp();
            String id =
                    node.kubelet()
                            .run(podId, pod, node.container("c", "sh", "-c", "exit 5").build());
            node.kubelet().awaitExit(id, Duration.ofSeconds(20));
            node.kubelet().remove(id);
            node.kubelet().stopPod(podId);
            node.kubelet().removePod(podId);

            List<ContainerEventResponse> events = first.take(8);
            assertThat(events)
                    .extracting(each -> who(each, podId, id) + " " + what(each))
                    .containsExactly(
                            "pod CREATED",
                            "pod STARTED",
                            "container CREATED",
                            "container STARTED",
                            "container STOPPED",
                            "container DELETED",
                            "pod STOPPED",
                            "pod DELETED");
            assertThat(second.take(8)).isEqualTo(events);
            assertThat(events).extracting(ContainerEventResponse::getCreatedAt).isSorted();
            assertThat(events)
                    .extracting(each -> each.getPodSandboxStatus().getMetadata().getUid())
                    .containsOnly(pod.getMetadata().getUid());
            ContainerStatus ended = events.get(4).getContainersStatuses(0);
            assertThat(ended.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
            assertThat(ended.getExitCode()).isEqualTo(5);
            assertThat(events.get(4).getPodSandboxStatus().getState())
                    .isEqualTo(PodSandboxState.SANDBOX_READY);
            assertThat(events.get(5).getContainersStatusesCount()).isZero();
            assertThat(events.get(6).getPodSandboxStatus().getState())
                    .isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
        }
    }

    @Test
    void aSubscriberIsToldWhenTheDaemonStops() throws Exception {
        try (EventReader reader = EventReader.open(node.client())) {
            long begin = System.nanoTime();
            assertThat(node.daemon().stop()).isZero();

            assertThat(reader.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as("a stream holds up nobody's stop; the grace for running calls is 10 s")
                    .isLessThan(Duration.ofSeconds(9));
        }
        // The parent of all pods' cgroups went with the daemon, and belongs to the census.
        node.daemon().start();
        node.client().reconnectNow();
        node.kubelet().runPod(node.pod("after").build());
    }

    private static String who(ContainerEventResponse event, String podId, String id) {
        if (event.getContainerId().equals(podId)) {
            return "pod";
        }
        return event.getContainerId().equals(id) ? "container" : event.getContainerId();
    }

    private static String what(ContainerEventResponse event) {
        return event.getContainerEventType().name().replaceAll("^CONTAINER_|_EVENT$", "");
    }

    private static PodSandboxStateValue notReady() {
        return PodSandboxStateValue.newBuilder().setState(PodSandboxState.SANDBOX_NOTREADY).build();
    }

    private static ContainerStateValue exited() {
        return ContainerStateValue.newBuilder().setState(ContainerState.CONTAINER_EXITED).build();
    }

    private static ImageFilter imageFilter(String image) {
        return ImageFilter.newBuilder().setImage(ImageSpec.newBuilder().setImage(image)).build();
    }

    private static List<PodSandbox> streamed(PodSandboxFilter filter) {
        List<PodSandbox> all = new ArrayList<>();
        Iterator<StreamPodSandboxesResponse> messages =
                node.client()
                        .runtime()
                        .streamPodSandboxes(
                                StreamPodSandboxesRequest.newBuilder().setFilter(filter).build());
        messages.forEachRemaining(each -> all.addAll(each.getPodSandboxesList()));
        return all;
    }

    private static List<PodSandbox> listed(PodSandboxFilter filter) {
        return node.client()
                .runtime()
                .listPodSandbox(ListPodSandboxRequest.newBuilder().setFilter(filter).build())
                .getItemsList();
    }

    private static List<Container> streamed(ContainerFilter filter) {
        List<Container> all = new ArrayList<>();
        Iterator<StreamContainersResponse> messages =
                node.client()
                        .runtime()
                        .streamContainers(
                                StreamContainersRequest.newBuilder().setFilter(filter).build());
        messages.forEachRemaining(each -> all.addAll(each.getContainersList()));
        return all;
    }

    private static List<Container> listed(ContainerFilter filter) {
        return node.client()
                .runtime()
                .listContainers(ListContainersRequest.newBuilder().setFilter(filter).build())
                .getContainersList();
    }
}
