package carafe.rpc;

import carafe.base.CarafeException;
import carafe.proto.cri.HugepageLimit;
import carafe.proto.cri.LinuxContainerResources;
import carafe.runtime.api.Resources;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Limits as protocol messages, and back. */
final class ResourceMessages {
    private static final int MAX_OOM_SCORE_ADJ = 1000;

    private ResourceMessages() {}

    static Resources fromProto(LinuxContainerResources message) {
        Map<String, Long> hugepages = new LinkedHashMap<>();
        for (HugepageLimit limit : message.getHugepageLimitsList()) {
            if (limit.getLimit() < 0) {
                throw new CarafeException.Invalid(
                        "resources.hugepage_limits: the limit of %s is above 2^63-1"
                                .formatted(limit.getPageSize()));
            }
            hugepages.put(limit.getPageSize(), limit.getLimit());
        }
        long oomScoreAdj = message.getOomScoreAdj();
        if (Math.abs(oomScoreAdj) > MAX_OOM_SCORE_ADJ) {
            throw new CarafeException.Invalid(
                    "resources.oom_score_adj is %d, must be -1000 to 1000".formatted(oomScoreAdj));
        }
        return new Resources(
                message.getCpuPeriod(),
                message.getCpuQuota(),
                message.getCpuShares(),
                message.getMemoryLimitInBytes(),
                (int) oomScoreAdj,
                message.getCpusetCpus(),
                message.getCpusetMems(),
                hugepages,
                message.getUnifiedMap(),
                message.getMemorySwapLimitInBytes());
    }

    static LinuxContainerResources toProto(Resources resources) {
        LinuxContainerResources.Builder message =
                LinuxContainerResources.newBuilder()
                        .setCpuPeriod(resources.cpuPeriodMicros())
                        .setCpuQuota(resources.cpuQuotaMicros())
                        .setCpuShares(resources.cpuShares())
                        .setMemoryLimitInBytes(resources.memoryLimitBytes())
                        .setOomScoreAdj(resources.oomScoreAdj())
                        .setCpusetCpus(resources.cpusetCpus())
                        .setCpusetMems(resources.cpusetMems())
                        .putAllUnified(resources.unified())
                        .setMemorySwapLimitInBytes(resources.memorySwapLimitBytes());
        resources.hugepages().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(page ->
                        message.addHugepageLimits(
                                HugepageLimit.newBuilder()
                                        .setPageSize(page.getKey())
                                        .setLimit(page.getValue())));
        return message.build();
    }

    /** For verbose status: what is said, by the protocol's names. */
    static Map<String, Object> shown(Resources resources) {
        Map<String, Object> shown = new TreeMap<>();
        toProto(resources)
                .getAllFields()
                .forEach((field, value) -> {
                    if (value instanceof Number || value instanceof String) {
                        shown.put(field.getName(), value);
                    }
                });
        return shown;
    }
}
