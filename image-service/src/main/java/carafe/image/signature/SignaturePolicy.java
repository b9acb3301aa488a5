package carafe.image.signature;

import java.util.Map;

/**
 * Rules by prefix of a name; the longest prefix counts. A prefix ends where a component of the name
 * ends: {@code r.example/team} is none of {@code r.example/teams/x}. Immutable.
 *
 * @param rules by registry, or registry and the beginning of a repository
 */
record SignaturePolicy(Rule otherwise, Map<String, Rule> rules) {
    static final SignaturePolicy ACCEPT = new SignaturePolicy(new Rule.Accept("default"), Map.of());

    SignaturePolicy {
        rules = Map.copyOf(rules);
    }

    /**
     * @param name registry and repository
     */
    Rule of(String name) {
        for (String rest = name; !rest.isEmpty(); rest = parent(rest)) {
            Rule rule = rules.get(rest);
            if (rule != null) {
                return rule;
            }
        }
        return otherwise;
    }

    private static String parent(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }
}
