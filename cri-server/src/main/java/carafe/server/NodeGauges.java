package carafe.server;

import carafe.metrics.Families;
import carafe.metrics.Meters;
import carafe.metrics.OperationBoard;
import carafe.metrics.Rows;
import carafe.runtime.CarafeRuntime;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxState;
import carafe.runtime.api.SandboxView;
import carafe.runtime.port.LogTotals;
import carafe.runtime.stats.NodeFigures;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Gauges of the node as a whole. Thread-safe. */
final class NodeGauges {
    private final CarafeRuntime runtime;
    private final NodeFigures figures;
    private final OperationBoard board;
    private final ShimFigures shims;
    private final Remains remains;

    private NodeGauges(
            CarafeRuntime runtime, OperationBoard board, ShimFigures shims, Remains remains) {
        this.runtime = runtime;
        this.figures = runtime.figures();
        this.board = board;
        this.shims = shims;
        this.remains = remains;
    }

    static void register(
            Meters meters,
            CarafeRuntime runtime,
            OperationBoard board,
            ShimFigures shims,
            Remains remains,
            LogTally logs) {
        NodeGauges gauges = new NodeGauges(runtime, board, shims, remains);
        meters.read(List.of(Families.SANDBOXES, Families.CONTAINERS), gauges::states);
        meters.read(List.of(Families.LEAKED), gauges::leaks);
        meters.read(List.of(Families.SHIMS, Families.SHIM_MEMORY), gauges::shims);
        meters.read(
                List.of(
                        Families.LOG_LINES,
                        Families.LOG_PARTS,
                        Families.LOG_WRITTEN,
                        Families.LOG_LOST),
                rows -> logs(rows, logs.with(gauges.figures::logs)));
        meters.gauge(Families.LOG_BYTES, () -> (double) gauges.figures.logBytes());
        meters.gauge(Families.EVENT_SUBSCRIBERS, gauges.figures::subscribers);
    }

    private void states(Rows rows) {
        List<SandboxView> pods = runtime.listSandboxes(SandboxFilter.ALL);
        for (SandboxState state : SandboxState.values()) {
            rows.row(
                    Families.SANDBOXES,
                    (double) pods.stream().filter(each -> each.state() == state).count(),
                    state == SandboxState.READY ? "ready" : "notready");
        }
        List<ContainerView> containers = runtime.listContainers(ContainerFilter.ALL);
        for (ContainerPhase phase : ContainerPhase.values()) {
            rows.row(
                    Families.CONTAINERS,
                    (double) containers.stream().filter(each -> each.phase() == phase).count(),
                    phase.name().toLowerCase(Locale.ROOT));
        }
    }

    private void leaks(Rows rows) {
        figures.leaks(this::busy, remains::found)
                .forEach((kind, count) -> rows.row(Families.LEAKED, count, kind));
    }

    private Set<String> busy() {
        return board.pending().stream()
                .map(OperationBoard.Pending::subject)
                .collect(Collectors.toSet());
    }

    private static void logs(Rows rows, LogTotals sum) {
        rows.row(Families.LOG_LINES, (double) sum.lines());
        rows.row(Families.LOG_PARTS, (double) sum.parts());
        rows.row(Families.LOG_WRITTEN, (double) sum.writtenBytes());
        rows.row(Families.LOG_LOST, (double) sum.lostBytes());
    }

    private void shims(Rows rows) {
        ShimFigures.Sample sample = shims.sample();
        rows.row(Families.SHIMS, sample.processes());
        rows.row(Families.SHIM_MEMORY, sample.privateBytes());
    }
}
