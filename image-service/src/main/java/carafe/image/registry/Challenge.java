package carafe.image.registry;

import java.util.Map;

/**
 * One way a server offers to be authenticated to.
 *
 * @param scheme lower case
 * @param parameters by lower-case name
 */
record Challenge(String scheme, Map<String, String> parameters) {
    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** The parameter, or empty. */
    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }
}
