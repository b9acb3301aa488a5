package carafe.e2e;

import java.util.List;

/** The specs of critest that do not run, each with its reason; docs/conformance.md lists them. */
final class CritestSkips {
    /** Left out by us: they would fail. */
    static final List<Skip> TOLD =
            List.of(
                    new Skip(
                            "public image with digest should be pulled and removed",
                            "its image is named by digest and exists on the internet only"));

    /** critest leaves them out itself when it finds something missing. */
    static final List<Skip> OWN =
            List.of(
                    new Skip("AppArmor", "the kernel has no AppArmor"),
                    new Skip("NRI", "Carafe has no NRI"));

    private CritestSkips() {}

    /**
     * @param name part of the specs' full names, without characters that mean something to a
     *     pattern
     */
    record Skip(String name, String reason) {}

    /** For {@code --ginkgo.skip}. */
    static String pattern() {
        return String.join("|", TOLD.stream().map(Skip::name).toList());
    }

    static boolean isKnown(String spec) {
        return OWN.stream().anyMatch(skip -> spec.contains(skip.name()));
    }
}
