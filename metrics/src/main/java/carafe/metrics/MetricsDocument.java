package carafe.metrics;

import java.util.Locale;
import java.util.stream.Collectors;

/** The page docs/metrics.md, made of {@link Families}. */
public final class MetricsDocument {
    private MetricsDocument() {}

    /** The whole page. */
    public static String text() {
        String rows =
                Families.ALL.stream().map(MetricsDocument::row).collect(Collectors.joining("\n"));
        return """
        # Metrics

        Made from the code by `MetricsDocumentTest`, which compares: change `Families.java`, then `./dev docs`.

        The endpoint is `http://127.0.0.1:10010/metrics` (`metrics.address`; loopback only). It answers in the format that is asked
        for: Prometheus' text 0.0.4, OpenMetrics 1.0, or Prometheus' protobuf, in which the histograms have native buckets too
        ([how](../metrics/README.md)). All values are read or added up when a scrape asks; nothing runs in between.

        No label is an id. `registry` has at most 32 values, the rest is `other`. `image`, `namespace`, `pod` and `container` are there as
        long as the pull, the pod or the container is, and no longer. How to load dashboards and alerts: [metrics](../metrics/README.md).

        | name | type | labels | what it tells |
        |---|---|---|---|
        %s

        Beside these, the JVM's: `carafe_jvm_memory_*`, `carafe_jvm_gc_*`, `carafe_jvm_threads_*`, `carafe_process_*`, `carafe_system_*`.

        ## Values of labels
        - `operation`: `pod.run`, `pod.stop`, `pod.remove`, `pod.update`, `container.create`, `container.start`, `container.stop`,
          `container.remove`, `container.update`; of networks `attach` and `detach`. `stage` and `after` are the step that was finished;
          `begin` when none was.
        - `code` of RPCs: gRPC's names. `code` of exits: `0`, `1-125`, `126-127` (could not be run), `128+` (a signal).
        - `reason`: `Completed`, `Error`, `OOMKilled`, `StartError`, `Unknown`. `result`: `ok` or `failed`; of execs also `nonzero` and
          `timeout`; of recovery the state that was found, or `failed`; of spans
          `sent`, `failed` (the collector did not take them) or `dropped` (too many waited).
        - `size` of layers: `<1MiB`, `<10MiB`, `<100MiB`, `<1GiB`, `>=1GiB`; of resolve and verify `none`.
        - `previous`: `clean`, or `crash` when the daemon before this one did not stop by itself; `none` the first time.
        - `kind` of leaks: `pod` (stopped, and something could not be given back), `bundle`, `rootfs`, `shim` (process), `mount`,
          `cgroup` (below `cgroup.pods_without_parent`) and `network` (lease or CNI attachment) without a container or pod.
        """
                .formatted(rows);
    }

    private static String row(Family family) {
        return "| `%s` | %s | %s | %s |"
                .formatted(
                        family.name(),
                        family.kind().name().toLowerCase(Locale.ROOT),
                        family.labels().stream()
                                .map(label -> "`" + label + "`")
                                .collect(Collectors.joining(", ")),
                        family.help());
    }
}
