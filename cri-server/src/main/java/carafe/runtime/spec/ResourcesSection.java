package carafe.runtime.spec;

import carafe.runtime.api.Resources;
import carafe.runtime.port.HostPaths;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Section {@code linux.resources}. The daemon makes the cgroup itself; the section is for readers
 * of the bundle and for other OCI runtimes.
 */
final class ResourcesSection {
    private ResourcesSection() {}

    static void fill(ObjectNode node, SpecRequest request) {
        Resources limits = request.container().resources();
        fillDevices(node.putArray("devices"), request);
        ObjectNode memory = node.putObject("memory");
        if (limits.memoryLimitBytes() > 0) {
            memory.put("limit", limits.memoryLimitBytes());
            memory.put("swap", swap(limits));
        }
        fillCpu(node.putObject("cpu"), limits);
        ArrayNode pages = node.putArray("hugepageLimits");
        new TreeMap<>(limits.hugepages())
                .forEach((size, limit) ->
                        pages.addObject().put("pageSize", size).put("limit", limit));
        if (!limits.unified().isEmpty()) {
            ObjectNode unified = node.putObject("unified");
            new TreeMap<>(limits.unified()).forEach(unified::put);
        }
    }

    /** No word about swap means none beyond the memory. */
    private static long swap(Resources limits) {
        return limits.memorySwapLimitBytes() > 0
                ? limits.memorySwapLimitBytes()
                : limits.memoryLimitBytes();
    }

    private static void fillCpu(ObjectNode cpu, Resources limits) {
        if (limits.cpuShares() > 0) {
            cpu.put("shares", limits.cpuShares());
        }
        if (limits.cpuQuotaMicros() != 0) {
            cpu.put("quota", limits.cpuQuotaMicros());
        }
        if (limits.cpuPeriodMicros() > 0) {
            cpu.put("period", limits.cpuPeriodMicros());
        }
        if (!limits.cpusetCpus().isEmpty()) {
            cpu.put("cpus", limits.cpusetCpus());
        }
        if (!limits.cpusetMems().isEmpty()) {
            cpu.put("mems", limits.cpusetMems());
        }
    }

    private static void fillDevices(ArrayNode rules, SpecRequest request) {
        if (request.container().security().privileged()) {
            rules.addObject().put("allow", true).put("access", "rwm");
            return;
        }
        rules.addObject().put("allow", false).put("access", "rwm");
        for (SpecRequest.DeviceGrant each : request.devices()) {
            HostPaths.Device device = each.device();
            rules.addObject()
                    .put("allow", true)
                    .put("type", String.valueOf(device.type()))
                    .put("major", device.major())
                    .put("minor", device.minor())
                    .put("access", each.access());
        }
    }
}
