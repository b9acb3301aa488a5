package carafe.rpc;

import carafe.linux.NetCounters;
import carafe.linux.NetCounters.Traffic;
import carafe.proto.cri.MetricType;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The metrics of a pod's network, for each of its interfaces but loopback. */
final class NetworkMetricRows {
    static final List<MetricRow<NetCounters>> ALL =
            Stream.of(
                            received("bytes", "Bytes received", Traffic::bytes),
                            received("packets", "Packets received", Traffic::packets),
                            received("errors", "Errors while receiving", Traffic::errors),
                            received(
                                    "packets_dropped",
                                    "Packets dropped while receiving",
                                    Traffic::dropped),
                            sent("bytes", "Bytes sent", Traffic::bytes),
                            sent("packets", "Packets sent", Traffic::packets),
                            sent("errors", "Errors while sending", Traffic::errors),
                            sent(
                                    "packets_dropped",
                                    "Packets dropped while sending",
                                    Traffic::dropped))
                    .toList();

    private NetworkMetricRows() {}

    private static MetricRow<NetCounters> received(
            String what, String help, ToLongFunction<Traffic> value) {
        return row("receive_" + what, help, each -> value.applyAsLong(each.received()));
    }

    private static MetricRow<NetCounters> sent(
            String what, String help, ToLongFunction<Traffic> value) {
        return row("transmit_" + what, help, each -> value.applyAsLong(each.sent()));
    }

    private static MetricRow<NetCounters> row(
            String what, String help, ToLongFunction<NetCounters.Interface> value) {
        return new MetricRow<>(
                "container_network_" + what + "_total",
                help + " since the interface was made",
                MetricType.COUNTER,
                List.of("interface"),
                counters ->
                        counters.interfaces().stream()
                                .flatMap(each ->
                                        MetricRow.Sample.of(value.applyAsLong(each), each.name())));
    }
}
