package carafe.runtime.fake;

import carafe.runtime.port.Selinux;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A kernel without SELinux until it is switched on; then one whose policy says what is scripted.
 */
public final class FakeSelinux implements Selinux {
    private final List<String> relabelled = new ArrayList<>();
    private Optional<Contexts> contexts = Optional.empty();

    /** Switches it on. */
    public void on() {
        contexts =
                Optional.of(
                        new Contexts(
                                "system_u:system_r:container_t:s0",
                                "system_u:object_r:container_file_t:s0"));
    }

    /** Path and context of each relabelling, in order. */
    public List<String> relabelled() {
        return relabelled;
    }

    @Override
    public Optional<Contexts> contexts() {
        return contexts;
    }

    @Override
    public boolean isValid(String context) {
        return context.matches("[a-z_]+:[a-z_]+:[a-z_]+:s0(:c[0-9]{1,4}(,c[0-9]{1,4})?)?");
    }

    @Override
    public void relabel(String path, String context) {
        relabelled.add(path + " " + context);
    }
}
