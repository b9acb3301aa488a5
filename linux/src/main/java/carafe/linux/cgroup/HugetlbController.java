package carafe.linux.cgroup;

import carafe.base.CarafeException;
import java.util.List;

/** Huge pages by size. */
final class HugetlbController {
    /**
     * Every size that an x86-64 or arm64 kernel can have: one of them there means all of its are.
     */
    private static final List<String> SIZES =
            List.of("64KB", "2MB", "32MB", "512MB", "1GB", "16GB");

    private HugetlbController() {}

    static void apply(LimitWriter out, List<HugetlbLimit> limits) {
        for (HugetlbLimit limit : limits) {
            checkSize(limit.pageSize());
            String suffix = suffix(out.isV2());
            String name = "hugetlb." + limit.pageSize() + suffix;
            if (!out.has(name)
                    && SIZES.stream().anyMatch(each -> out.has("hugetlb." + each + suffix))) {
                // kubelet names every size it has heard of with a limit of 0.
                if (limit.limitBytes() > 0) {
                    throw new CarafeException.Invalid(
                            "this machine has no huge pages of %s".formatted(limit.pageSize()));
                }
                continue;
            }
            String value = Long.toString(limit.limitBytes());
            out.prefer(name, value);
            String reserved = "hugetlb." + limit.pageSize() + ".rsvd" + suffix;
            // Else a process may map more than it may touch, and dies of SIGBUS when it does.
            if (out.has(reserved)) {
                out.prefer(reserved, value);
            }
        }
    }

    /** What the kernel has of the sizes asked for. */
    static List<HugetlbLimit> read(LimitReader in, List<HugetlbLimit> asked) {
        return asked.stream()
                .map(each -> new HugetlbLimit(each.pageSize(), value(in, each)))
                .toList();
    }

    private static long value(LimitReader in, HugetlbLimit asked) {
        String name = "hugetlb." + asked.pageSize() + suffix(in.isV2());
        return in.number(name).orElse(asked.limitBytes());
    }

    private static String suffix(boolean v2) {
        return v2 ? ".max" : ".limit_in_bytes";
    }

    /** The size becomes part of a file name. */
    private static void checkSize(String size) {
        if (!size.matches("[0-9]{1,6}[KMG]B")) {
            throw new CarafeException.Invalid(
                    "huge page size \"%s\" is not of the form 2MB".formatted(size));
        }
    }
}
