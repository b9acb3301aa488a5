package carafe.runtime.seccomp;

import carafe.base.CarafeException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a profile in the format of OCI and Docker. Whatever could not be honoured is an error,
 * never skipped: a container must not start with less than was asked for. Thread-safe.
 */
final class ProfileReader {
    private static final int MAX_DEPTH = 16;

    /** What libseccomp knows; a profile may speak for machines other than this one. */
    private static final Set<String> ARCHITECTURES =
            Stream.of(
                            "NATIVE X86 X86_64 X32 ARM AARCH64 LOONGARCH64 M68K PARISC PARISC64",
                            "MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 MIPSEL64N32 PPC PPC64 PPC64LE",
                            "RISCV64 S390 S390X SH SHEB")
                    .flatMap(line -> Stream.of(line.split(" ", -1)))
                    .map(name -> "SCMP_ARCH_" + name)
                    .collect(Collectors.toUnmodifiableSet());

    private static final Pattern KERNEL = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})");

    private final JsonMapper json =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .build())
                                    .build())
                    .build();

    /**
     * Reads a profile.
     *
     * @param name where it came from, for messages
     * @throws CarafeException.Invalid when it is not one
     */
    SeccompProfile read(String name, byte[] content) {
        try {
            JsonNode root = json.readTree(content);
            if (!root.path("defaultAction").isString()) {
                throw new IllegalArgumentException("defaultAction is missing");
            }
            if (root.has("listenerPath") && !root.path("listenerPath").asString("").isEmpty()) {
                throw new IllegalArgumentException(
                        "listenerPath (SCMP_ACT_NOTIFY) is not supported");
            }
            Action otherwise = action(root.path("defaultAction"), root.path("defaultErrnoRet"));
            List<SeccompProfile.Rule> rules = new ArrayList<>();
            for (JsonNode rule : root.path("syscalls")) {
                rules.add(rule(rule));
            }
            return new SeccompProfile(otherwise, architectures(root), rules);
        } catch (JacksonException e) {
            throw new CarafeException.Invalid(
                    "seccomp profile %s is not JSON: %s".formatted(name, e.getOriginalMessage()),
                    e);
        } catch (IllegalArgumentException e) {
            throw new CarafeException.Invalid(
                    "seccomp profile %s: %s".formatted(name, e.getMessage()), e);
        }
    }

    private static Set<String> architectures(JsonNode root) {
        Set<String> names = strings(root.path("architectures"));
        for (JsonNode each : root.path("archMap")) {
            names.add(each.path("architecture").asString(""));
            names.addAll(strings(each.path("subArchitectures")));
        }
        for (String name : names) {
            if (!ARCHITECTURES.contains(name)) {
                throw new IllegalArgumentException("unknown architecture \"" + name + "\"");
            }
        }
        return names;
    }

    private static SeccompProfile.Rule rule(JsonNode node) {
        List<String> names = new ArrayList<>(strings(node.path("names")));
        if (node.path("name").isString()) {
            names.add(node.path("name").asString());
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a rule names no system call");
        }
        List<Condition> conditions = new ArrayList<>();
        for (JsonNode arg : node.path("args")) {
            conditions.add(condition(arg));
        }
        return new SeccompProfile.Rule(
                names,
                action(node.path("action"), node.path("errnoRet")),
                conditions,
                filter(node.path("includes")),
                filter(node.path("excludes")));
    }

    private static Condition condition(JsonNode node) {
        int index = node.path("index").asInt(-1);
        long value = unsigned(node.path("value"));
        long second = unsigned(node.path("valueTwo"));
        String op = node.path("op").asString("");
        return switch (op) {
            case "SCMP_CMP_EQ" -> Condition.of(index, Condition.Operator.EQUAL, value);
            case "SCMP_CMP_NE" -> Condition.of(index, Condition.Operator.NOT_EQUAL, value);
            case "SCMP_CMP_LT" -> Condition.of(index, Condition.Operator.LESS, value);
            case "SCMP_CMP_LE" -> Condition.of(index, Condition.Operator.LESS_OR_EQUAL, value);
            case "SCMP_CMP_GT" -> Condition.of(index, Condition.Operator.GREATER, value);
            case "SCMP_CMP_GE" -> Condition.of(index, Condition.Operator.GREATER_OR_EQUAL, value);
            case "SCMP_CMP_MASKED_EQ" ->
                    new Condition(index, Condition.Operator.MASKED_EQUAL, second, value);
            default -> throw new IllegalArgumentException("unknown comparison \"" + op + "\"");
        };
    }

    private static long unsigned(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return 0;
        }
        if (!node.isIntegralNumber()) {
            throw new IllegalArgumentException("a value is not a whole number: " + node);
        }
        return Long.parseUnsignedLong(node.asString());
    }

    private static Action action(JsonNode action, JsonNode errno) {
        String name = action.asString("");
        int data = errno.isIntegralNumber() ? errno.asInt() : Action.EPERM;
        return switch (name) {
            case "SCMP_ACT_ALLOW" -> Action.ALLOW;
            case "SCMP_ACT_ERRNO" -> Action.errno(data);
            case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD" -> Action.KILL_THREAD;
            case "SCMP_ACT_KILL_PROCESS" -> Action.KILL_PROCESS;
            case "SCMP_ACT_TRAP" -> Action.TRAP;
            case "SCMP_ACT_TRACE" -> Action.trace(data);
            case "SCMP_ACT_LOG" -> Action.LOG;
            default -> throw new IllegalArgumentException("unknown action \"" + name + "\"");
        };
    }

    private static SeccompProfile.Filter filter(JsonNode node) {
        String kernel = node.path("minKernel").asString("");
        int minKernel = 0;
        if (!kernel.isEmpty()) {
            Matcher version = KERNEL.matcher(kernel);
            if (!version.matches()) {
                throw new IllegalArgumentException(
                        "minKernel \"" + kernel + "\" is not MAJOR.MINOR");
            }
            minKernel =
                    Integer.parseInt(version.group(1)) * 1000 + Integer.parseInt(version.group(2));
        }
        return new SeccompProfile.Filter(
                strings(node.path("caps")), strings(node.path("arches")), minKernel);
    }

    private static Set<String> strings(JsonNode array) {
        Set<String> all = new HashSet<>();
        for (JsonNode each : array) {
            all.add(each.asString());
        }
        return all;
    }
}
