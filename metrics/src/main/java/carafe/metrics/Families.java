package carafe.metrics;

import java.util.List;

/**
 * Every metric family of Carafe's own, beside those of the JVM. Labels have few, fixed values and
 * never an id; names of images are labels as long as their pull takes, names of pods and containers
 * as long as they run.
 */
public final class Families {
    private static final String[] CONTAINER = {"namespace", "pod", "container"};

    public static final Family BUILD_INFO =
            Family.gauge(
                    "build_info", "Which Carafe this is; always 1", "version", "revision", "java");
    public static final Family DAEMON_STARTS =
            Family.counter(
                    "daemon_starts_total",
                    "Starts of the daemon since it was installed, by how the one before had ended",
                    "previous");
    public static final Family RECOVERED =
            Family.gauge(
                    "recovered",
                    "Pods and containers that this daemon found at its start, by what became of them",
                    "kind",
                    "result");
    public static final Family RPC =
            Family.histogram("rpc_seconds", "Calls on the socket", "method", "code");
    public static final Family RPC_RUNNING =
            Family.gauge("rpc_running", "Calls on the socket that run now");
    public static final Family OPERATION =
            Family.histogram(
                    "operation_seconds",
                    "Changes of pods and containers from begin to end",
                    "operation",
                    "result");
    public static final Family STAGE =
            Family.histogram(
                    "operation_stage_seconds",
                    "Stages of these changes, each from the end of the one before",
                    "operation",
                    "stage");
    public static final Family OPERATIONS_RUNNING =
            Family.gauge("operations_running", "Changes that run now", "operation");
    public static final Family OPERATIONS_STUCK =
            Family.gauge(
                    "operations_stuck",
                    "Changes whose last stage ended more than a minute ago, by that stage",
                    "operation",
                    "after");
    public static final Family SANDBOXES =
            Family.gauge("sandboxes", "Pod sandboxes by state", "state");
    public static final Family CONTAINERS =
            Family.gauge("containers", "Containers by state", "state");
    public static final Family SANDBOX_STARTS =
            Family.counter("sandbox_starts_total", "Pod sandboxes that became ready");
    public static final Family CONTAINER_STARTS =
            Family.counter("container_starts_total", "Containers started");
    public static final Family CONTAINER_EXITS =
            Family.counter(
                    "container_exits_total",
                    "Containers that ended, by reason and class of their exit code",
                    "reason",
                    "code");
    public static final Family OOM_KILLS =
            Family.counter(
                    "container_oom_kills_total",
                    "Processes killed for want of memory, counted when their container ends");
    public static final Family LOG_LOST =
            Family.counter(
                    "container_log_lost_bytes_total",
                    "Bytes of log lines that could not be written");
    public static final Family LOG_WRITTEN =
            Family.counter(
                    "container_log_written_bytes_total", "Bytes of log lines of all containers");
    public static final Family LOG_LINES =
            Family.counter("container_log_lines_total", "Lines that containers have put out");
    public static final Family LOG_PARTS =
            Family.counter(
                    "container_log_parts_total",
                    "Splits: parts that were cut off lines longer than log.max_line, and last lines without a newline");
    public static final Family LOG_BYTES =
            Family.gauge("container_log_bytes", "Size of the log files of running containers");
    public static final Family EXEC =
            Family.histogram("exec_seconds", "Commands of ExecSync by how they ended", "result");
    public static final Family STREAMS_RUNNING =
            Family.gauge("streams_running", "Streaming sessions open now", "kind");
    public static final Family STREAM =
            Family.histogram(
                    "stream_seconds",
                    "Streaming sessions that have ended, by whether they could begin",
                    "kind",
                    "result");
    public static final Family STREAM_BYTES =
            Family.counter(
                    "stream_bytes_total", "Bytes of streaming sessions", "kind", "direction");
    public static final Family NETWORK =
            Family.histogram(
                    "network_seconds",
                    "Attaching and detaching of pod networks, by CNI plugins or by Carafe itself",
                    "operation",
                    "result");
    public static final Family PULL =
            Family.histogram("pull_seconds", "Pulls of images", "registry", "result");
    public static final Family PULL_STAGE =
            Family.histogram(
                    "pull_stage_seconds",
                    "Stages of pulls: resolve and verify per image, download and unpack per layer",
                    "stage",
                    "registry",
                    "size");
    public static final Family PULL_DOWNLOADED =
            Family.counter("pull_downloaded_bytes_total", "Bytes of layers downloaded", "registry");
    public static final Family PULL_BYTES =
            Family.gauge(
                    "pull_bytes",
                    "Bytes of blobs of images being pulled: here, and in all",
                    "image",
                    "kind");
    public static final Family PULL_LAYERS =
            Family.gauge(
                    "pull_layers", "Layers of images being pulled, by state", "image", "state");
    public static final Family PULL_POSITION =
            Family.gauge(
                    "pull_queue_position",
                    "Place in the queue of images being pulled; 0 is worked on",
                    "image");
    public static final Family DOWNLOAD_CONNECTIONS =
            Family.gauge("downloads_connections", "Connections to registries that fetch blobs");
    public static final Family DOWNLOADS_WAITING =
            Family.gauge("downloads_waiting", "Transfers of blobs that wait for a connection");
    public static final Family SHIMS = Family.gauge("shim_processes", "Processes of shims");
    public static final Family SHIM_MEMORY =
            Family.gauge(
                    "shim_memory_bytes",
                    "Memory of the shims' processes that they share with none");
    public static final Family LEAKED =
            Family.gauge(
                    "leaked",
                    "Things of Carafe's on this node that nothing known owns any more",
                    "kind");
    public static final Family EVENT_SUBSCRIBERS =
            Family.gauge("event_subscribers", "Listeners to container events");
    public static final Family EVENT_DROPS =
            Family.counter(
                    "event_subscribers_dropped_total",
                    "Listeners dropped because they were too slow; they lost events");
    public static final Family CONFIG_RELOADS =
            Family.counter(
                    "config_reloads_total",
                    "Reloads of the configuration that SIGHUP asked for",
                    "result");
    public static final Family CONFIG_GOOD =
            Family.gauge(
                    "config_good",
                    "1 when the configuration was right the last time it was read, else 0");
    public static final Family TRACE_SPANS =
            Family.counter(
                    "trace_spans_total",
                    "Spans by what became of them, where tracing is on",
                    "result");
    public static final Family SCRAPE =
            Family.gauge("scrape_seconds", "What it took to gather the scrape before this one");
    public static final Family CONTAINER_CPU =
            Family.counter("container_cpu_seconds_total", "CPU time used", CONTAINER);
    public static final Family CONTAINER_WORKING_SET =
            Family.gauge(
                    "container_memory_working_set_bytes",
                    "Memory charged without inactive file cache",
                    CONTAINER);
    public static final Family CONTAINER_MEMORY_LIMIT =
            Family.gauge(
                    "container_memory_limit_bytes", "Memory limit; absent without one", CONTAINER);
    public static final Family CONTAINER_THREADS =
            Family.gauge("container_threads", "Threads", CONTAINER);
    public static final Family CONTAINER_WRITTEN =
            Family.gauge("container_writable_bytes", "Bytes that its own files take", CONTAINER);
    public static final Family CONTAINER_PRESSURE =
            Family.counter(
                    "container_pressure_seconds_total",
                    "Time in which some of its tasks waited",
                    "namespace",
                    "pod",
                    "container",
                    "resource");
    public static final Family CONTAINER_ATTEMPT =
            Family.gauge(
                    "container_attempt",
                    "How often kubelet has made it again in its pod",
                    CONTAINER);
    public static final Family POD_NETWORK_BYTES =
            Family.counter(
                    "pod_network_bytes_total",
                    "Bytes through a pod's interfaces",
                    "namespace",
                    "pod",
                    "direction");
    public static final Family POD_NETWORK_LOST =
            Family.counter(
                    "pod_network_lost_packets_total",
                    "Packets dropped or in error at a pod's interfaces",
                    "namespace",
                    "pod",
                    "direction");

    /** All of them, as docs/metrics.md lists them. */
    public static final List<Family> ALL =
            List.of(
                    BUILD_INFO,
                    DAEMON_STARTS,
                    RECOVERED,
                    RPC,
                    RPC_RUNNING,
                    OPERATION,
                    STAGE,
                    OPERATIONS_RUNNING,
                    OPERATIONS_STUCK,
                    SANDBOXES,
                    CONTAINERS,
                    SANDBOX_STARTS,
                    CONTAINER_STARTS,
                    CONTAINER_EXITS,
                    OOM_KILLS,
                    LOG_LOST,
                    LOG_WRITTEN,
                    LOG_LINES,
                    LOG_PARTS,
                    LOG_BYTES,
                    EXEC,
                    STREAMS_RUNNING,
                    STREAM,
                    STREAM_BYTES,
                    NETWORK,
                    PULL,
                    PULL_STAGE,
                    PULL_DOWNLOADED,
                    PULL_BYTES,
                    PULL_LAYERS,
                    PULL_POSITION,
                    DOWNLOAD_CONNECTIONS,
                    DOWNLOADS_WAITING,
                    SHIMS,
                    SHIM_MEMORY,
                    LEAKED,
                    EVENT_SUBSCRIBERS,
                    EVENT_DROPS,
                    CONFIG_RELOADS,
                    CONFIG_GOOD,
                    TRACE_SPANS,
                    SCRAPE,
                    CONTAINER_CPU,
                    CONTAINER_WORKING_SET,
                    CONTAINER_MEMORY_LIMIT,
                    CONTAINER_THREADS,
                    CONTAINER_WRITTEN,
                    CONTAINER_PRESSURE,
                    CONTAINER_ATTEMPT,
                    POD_NETWORK_BYTES,
                    POD_NETWORK_LOST);

    private Families() {}
}
