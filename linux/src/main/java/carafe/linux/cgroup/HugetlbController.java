package carafe.linux.cgroup;

import carafe.base.CarafeException;
import java.util.List;

/** Huge pages by size. */
final class HugetlbController {
    private HugetlbController() {}

    static void apply(LimitWriter out, List<HugetlbLimit> limits) {
        for (HugetlbLimit limit : limits) {
            // The size becomes part of a file name.
            if (!limit.pageSize().matches("[0-9]{1,6}[KMG]B")) {
                throw new CarafeException.Invalid(
                        "huge page size \"%s\" is not of the form 2MB".formatted(limit.pageSize()));
            }
            String suffix = out.isV2() ? ".max" : ".limit_in_bytes";
            out.prefer("hugetlb." + limit.pageSize() + suffix, Long.toString(limit.limitBytes()));
        }
    }
}
