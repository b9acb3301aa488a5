package carafe.runtime.api;

import java.util.List;

/**
 * Changes to the default capabilities. Names with or without {@code CAP_}, in any case; {@code ALL}
 * is every capability the kernel has.
 */
public record CapabilityChanges(List<String> add, List<String> drop, List<String> addAmbient) {
    /** No change. */
    public static final CapabilityChanges NONE =
            new CapabilityChanges(List.of(), List.of(), List.of());

    public CapabilityChanges {
        add = List.copyOf(add);
        drop = List.copyOf(drop);
        addAmbient = List.copyOf(addAmbient);
    }
}
