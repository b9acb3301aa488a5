package carafe.runtime.seccomp;

import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A profile for one container in the form of the runtime-spec, for OCI runtimes that compile
 * themselves: rules that do not concern the container are left out, since that form has no
 * conditions on capabilities, architectures and kernels. Thread-safe.
 */
final class OciProfile {
    private static final int RETURN = 0xffff0000;
    private static final int DATA = 0xffff;

    ObjectNode of(SeccompProfile profile, Target target) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        action(out, "defaultAction", "defaultErrnoRet", profile.defaultAction());
        architectures(out.putArray("architectures"), profile, target);
        ArrayNode rules = out.putArray("syscalls");
        for (SeccompProfile.Rule rule : profile.rules()) {
            if (target.includes(rule.includes()) && !target.excludes(rule.excludes())) {
                fill(rules.addObject(), rule);
            }
        }
        return out;
    }

    private static void architectures(ArrayNode out, SeccompProfile profile, Target target) {
        for (Arch arch : target.arch().withCompatible()) {
            boolean named = profile.architectures().contains(arch.profileName());
            if (arch == target.arch() || profile.architectures().isEmpty() || named) {
                out.add(arch.profileName());
            }
        }
    }

    private static void fill(ObjectNode out, SeccompProfile.Rule rule) {
        new TreeSet<>(rule.names()).forEach(out.putArray("names")::add);
        action(out, "action", "errnoRet", rule.action());
        List<Condition> conditions = rule.conditions();
        if (conditions.isEmpty()) {
            return;
        }
        ArrayNode args = out.putArray("args");
        for (Condition each : conditions) {
            boolean masked = each.operator() == Condition.Operator.MASKED_EQUAL;
            ObjectNode arg = args.addObject();
            arg.put("index", each.index());
            unsigned(arg, "value", masked ? each.mask() : each.value());
            if (masked) {
                unsigned(arg, "valueTwo", each.value());
            }
            arg.put("op", operator(each.operator()));
        }
    }

    private static void unsigned(ObjectNode out, String name, long value) {
        out.put(name, new java.math.BigInteger(Long.toUnsignedString(value)));
    }

    private static String operator(Condition.Operator operator) {
        return switch (operator) {
            case EQUAL -> "SCMP_CMP_EQ";
            case NOT_EQUAL -> "SCMP_CMP_NE";
            case LESS -> "SCMP_CMP_LT";
            case LESS_OR_EQUAL -> "SCMP_CMP_LE";
            case GREATER -> "SCMP_CMP_GT";
            case GREATER_OR_EQUAL -> "SCMP_CMP_GE";
            case MASKED_EQUAL -> "SCMP_CMP_MASKED_EQ";
        };
    }

    private static void action(ObjectNode out, String name, String dataName, Action action) {
        int kind = action.value() & RETURN;
        boolean hasData = true;
        if (kind == Action.errno(0).value()) {
            out.put(name, "SCMP_ACT_ERRNO");
        } else if (kind == Action.trace(0).value()) {
            out.put(name, "SCMP_ACT_TRACE");
        } else {
            out.put(name, plain(action));
            hasData = false;
        }
        if (hasData) {
            out.put(dataName, action.value() & DATA);
        }
    }

    private static String plain(Action action) {
        if (action.equals(Action.ALLOW)) {
            return "SCMP_ACT_ALLOW";
        } else if (action.equals(Action.KILL_PROCESS)) {
            return "SCMP_ACT_KILL_PROCESS";
        } else if (action.equals(Action.TRAP)) {
            return "SCMP_ACT_TRAP";
        } else if (action.equals(Action.LOG)) {
            return "SCMP_ACT_LOG";
        }
        return "SCMP_ACT_KILL_THREAD";
    }
}
