package carafe.linux.cgroup;

import java.util.ArrayList;
import java.util.List;

/** Which devices may be used, by the lists of version 1. Version 2: {@link DeviceProgram}. */
final class DevicesController {
    private DevicesController() {}

    static void apply(LimitWriter out, List<DeviceRule> rules) {
        if (rules.isEmpty()) {
            return;
        }
        // "a" throws the list away and makes denial the rule; nothing may be allowed before that.
        out.require("devices.deny", "a");
        List<String> lines = new ArrayList<>();
        DeviceRule.Verdict verdict = DeviceRule.Verdict.ALLOW;
        for (DeviceRule rule : rules) {
            if (rule.verdict() != verdict) {
                flush(out, verdict, lines);
                verdict = rule.verdict();
            }
            lines.add(rule.line());
        }
        flush(out, verdict, lines);
    }

    /** In the order of the rules, as a later one may take back an earlier one. */
    private static void flush(LimitWriter out, DeviceRule.Verdict verdict, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        String name =
                switch (verdict) {
                    case ALLOW -> "devices.allow";
                    case DENY -> "devices.deny";
                };
        out.requireEach(name, List.copyOf(lines));
        lines.clear();
    }
}
