package carafe.runtime.seccomp;

import carafe.runtime.seccomp.BpfAssembler.Label;
import carafe.runtime.seccomp.BpfAssembler.Test;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Turns a profile and its container into a filter. Layout: one section per architecture, in it a
 * binary search over ranges of call numbers that are treated alike, at the leaves the conditions.
 * Calls newer than our tables answer ENOSYS, so that programs fall back; x32 and unknown
 * architectures kill the process. Thread-safe.
 */
final class ProfileCompiler {
    private static final int NUMBER = 0; // offsets in struct seccomp_data
    private static final int ARCH = 4;
    private static final int ARGUMENTS = 16;
    private static final int X32_BIT = 0x40000000;

    /** How calls of one number are decided: alternatives in order, then the last word. */
    private record Decision(List<Alternative> alternatives, Action otherwise) {}

    private record Alternative(List<Condition> conditions, Action action) {}

    /** Calls from this number on, up to the next range's. */
    private record Range(int from, Decision decision) {}

    byte[] compile(SeccompProfile profile, Target target) {
        BpfAssembler out = new BpfAssembler();
        out.load(ARCH);
        for (Arch arch : target.arch().withCompatible()) {
            if (!speaksFor(profile, arch, target.arch())) {
                continue;
            }
            Label next = new Label();
            out.jumpUnless(Test.EQUAL, arch.audit(), next);
            out.load(NUMBER);
            if (arch == Arch.X86_64) {
                Label native64 = new Label();
                out.jumpUnless(Test.GREATER_OR_EQUAL, X32_BIT, native64);
                out.give(Action.KILL_PROCESS);
                out.place(native64);
            }
            List<Range> ranges = ranges(profile, target, arch);
            search(out, ranges, 0, ranges.size());
            out.place(next);
        }
        out.give(Action.KILL_PROCESS);
        return out.assemble();
    }

    private static boolean speaksFor(SeccompProfile profile, Arch arch, Arch host) {
        return arch == host
                || profile.architectures().isEmpty()
                || profile.architectures().contains(arch.profileName());
    }

    private static List<Range> ranges(SeccompProfile profile, Target target, Arch arch) {
        SyscallTable table = SyscallTable.load(arch);
        TreeMap<Integer, Decision> decided = new TreeMap<>(decisions(profile, target, table));
        Decision otherwise = new Decision(List.of(), profile.defaultAction());
        Decision unknown =
                profile.defaultAction().equals(Action.ALLOW)
                        ? otherwise
                        : new Decision(List.of(), Action.errno(Action.ENOSYS));
        List<Range> ranges = new ArrayList<>();
        int newest = table.newest();
        for (int number = 0; number <= newest; number++) {
            append(ranges, number, decided.getOrDefault(number, otherwise));
        }
        append(ranges, newest + 1, unknown);
        for (Map.Entry<Integer, Decision> beyond : decided.tailMap(newest, false).entrySet()) {
            append(ranges, beyond.getKey(), beyond.getValue());
            append(ranges, beyond.getKey() + 1, unknown);
        }
        return ranges;
    }

    private static void append(List<Range> ranges, int from, Decision decision) {
        if (!ranges.isEmpty() && ranges.getLast().from() == from) {
            ranges.removeLast();
        }
        if (ranges.isEmpty() || !ranges.getLast().decision().equals(decision)) {
            ranges.add(new Range(from, decision));
        }
    }

    private static Map<Integer, Decision> decisions(
            SeccompProfile profile, Target target, SyscallTable table) {
        Map<Integer, List<Alternative>> found = new LinkedHashMap<>();
        for (SeccompProfile.Rule rule : profile.rules()) {
            if (!target.includes(rule.includes()) || target.excludes(rule.excludes())) {
                continue;
            }
            for (String name : rule.names()) {
                OptionalInt number = table.number(name);
                if (number.isPresent()) {
                    found.computeIfAbsent(number.getAsInt(), _ -> new ArrayList<>())
                            .addAll(alternatives(rule));
                }
            }
        }
        Map<Integer, Decision> decisions = new LinkedHashMap<>();
        found.forEach(
                (number, all) -> decisions.put(number, decision(all, profile.defaultAction())));
        return decisions;
    }

    /** The first unconditional alternative ends the list: what follows cannot be reached. */
    private static Decision decision(List<Alternative> all, Action otherwise) {
        List<Alternative> conditional = new ArrayList<>();
        for (Alternative each : all) {
            if (each.conditions().isEmpty()) {
                return new Decision(conditional, each.action());
            }
            conditional.add(each);
        }
        return new Decision(conditional, otherwise);
    }

    /**
     * Several conditions on one argument are alternatives, not a conjunction: libseccomp cannot
     * hold two comparisons of one argument in a rule, and profiles are written for that.
     */
    private static List<Alternative> alternatives(SeccompProfile.Rule rule) {
        long distinct = rule.conditions().stream().mapToInt(Condition::index).distinct().count();
        if (distinct == rule.conditions().size()) {
            return List.of(new Alternative(rule.conditions(), rule.action()));
        }
        return rule.conditions().stream()
                .map(each -> new Alternative(List.of(each), rule.action()))
                .toList();
    }

    private static void search(BpfAssembler out, List<Range> ranges, int low, int high) {
        if (high - low == 1) {
            decide(out, ranges.get(low).decision());
            return;
        }
        int middle = (low + high) >>> 1;
        Label upper = new Label();
        out.jumpIf(Test.GREATER_OR_EQUAL, ranges.get(middle).from(), upper);
        search(out, ranges, low, middle);
        out.place(upper);
        search(out, ranges, middle, high);
    }

    private static void decide(BpfAssembler out, Decision decision) {
        for (Alternative each : decision.alternatives()) {
            Label next = new Label();
            for (Condition condition : each.conditions()) {
                check(out, condition, next);
            }
            out.give(each.action());
            out.place(next);
        }
        out.give(decision.otherwise());
    }

    /** Goes on when the condition holds, to {@code no} when it does not. */
    private static void check(BpfAssembler out, Condition condition, Label no) {
        int high = (int) (condition.value() >>> 32);
        int low = (int) condition.value();
        Label yes = new Label();
        switch (condition.operator()) {
            case EQUAL, MASKED_EQUAL -> {
                half(out, condition, 4);
                out.jumpUnless(Test.EQUAL, high, no);
                half(out, condition, 0);
                out.jumpUnless(Test.EQUAL, low, no);
            }
            case NOT_EQUAL -> {
                half(out, condition, 4);
                out.jumpUnless(Test.EQUAL, high, yes);
                half(out, condition, 0);
                out.jumpIf(Test.EQUAL, low, no);
            }
            case GREATER, GREATER_OR_EQUAL -> {
                half(out, condition, 4);
                out.jumpIf(Test.GREATER, high, yes);
                out.jumpUnless(Test.EQUAL, high, no);
                half(out, condition, 0);
                out.jumpUnless(strict(condition), low, no);
            }
            case LESS, LESS_OR_EQUAL -> {
                half(out, condition, 4);
                out.jumpIf(Test.GREATER, high, no);
                out.jumpUnless(Test.EQUAL, high, yes);
                half(out, condition, 0);
                out.jumpIf(strict(condition), low, no);
            }
        }
        out.place(yes);
    }

    /**
     * The test on the low half that {@code >} and {@code >=} need, and {@code <} and {@code <=}
     * negated.
     */
    private static Test strict(Condition condition) {
        return switch (condition.operator()) {
            case GREATER, LESS_OR_EQUAL -> Test.GREATER;
            case GREATER_OR_EQUAL, LESS -> Test.GREATER_OR_EQUAL;
            case EQUAL, NOT_EQUAL, MASKED_EQUAL ->
                    throw new IllegalStateException("not an order: " + condition);
        };
    }

    private static void half(BpfAssembler out, Condition condition, int offset) {
        out.load(ARGUMENTS + 8 * condition.index() + offset);
        if (condition.operator() == Condition.Operator.MASKED_EQUAL) {
            out.and((int) (condition.mask() >>> (8 * offset)));
        }
    }
}
