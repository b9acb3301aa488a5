package carafe.runtime.seccomp;

import java.util.List;
import java.util.Set;

/**
 * A profile as it was written, not yet bound to a container.
 *
 * @param architectures profile names the profile speaks for; empty = the host's and compatible ones
 */
record SeccompProfile(Action defaultAction, Set<String> architectures, List<Rule> rules) {
    SeccompProfile {
        architectures = Set.copyOf(architectures);
        rules = List.copyOf(rules);
    }

    /**
     * What to do with some calls.
     *
     * @param conditions all must hold; several on one argument are alternatives, as libseccomp's
     *     users know it
     */
    record Rule(
            List<String> names,
            Action action,
            List<Condition> conditions,
            Filter includes,
            Filter excludes) {
        Rule {
            names = List.copyOf(names);
            conditions = List.copyOf(conditions);
        }
    }

    /**
     * When a rule counts. An empty part demands nothing.
     *
     * @param minKernel major and minor version times 1000 plus minor; 0 = any
     */
    record Filter(Set<String> capabilities, Set<String> arches, int minKernel) {
        static final Filter NONE = new Filter(Set.of(), Set.of(), 0);

        Filter {
            capabilities = Set.copyOf(capabilities);
            arches = Set.copyOf(arches);
        }
    }
}
