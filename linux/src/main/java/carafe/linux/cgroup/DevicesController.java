package carafe.linux.cgroup;

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
        for (DeviceRule rule : rules) {
            String name =
                    switch (rule.verdict()) {
                        case ALLOW -> "devices.allow";
                        case DENY -> "devices.deny";
                    };
            out.require(name, rule.line());
        }
    }
}
