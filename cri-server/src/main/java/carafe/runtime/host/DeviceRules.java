package carafe.runtime.host;

import carafe.linux.cgroup.DeviceRule;
import carafe.runtime.port.Cgroups;
import java.util.ArrayList;
import java.util.List;

/**
 * Which devices a container may use: those every container has, and what it was given. Making nodes
 * of any kind is allowed, using them is not: images unpack device nodes inside containers.
 */
final class DeviceRules {
    private static final int[][] ALWAYS = {
        {1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 1}, {5, 2}, {136, -1}
    };

    List<DeviceRule> of(Cgroups.Limits limits) {
        if (limits.allDevices()) {
            return List.of(DeviceRule.allowAll());
        }
        List<DeviceRule> rules = new ArrayList<>();
        rules.add(make(DeviceRule.Type.CHARACTER));
        rules.add(make(DeviceRule.Type.BLOCK));
        for (int[] each : ALWAYS) {
            rules.add(DeviceRule.allow(DeviceRule.Type.CHARACTER, each[0], each[1]));
        }
        for (Cgroups.DeviceRule each : limits.devices()) {
            rules.add(
                    new DeviceRule(
                            DeviceRule.Verdict.ALLOW,
                            each.type() == 'b' ? DeviceRule.Type.BLOCK : DeviceRule.Type.CHARACTER,
                            each.major(),
                            each.minor(),
                            each.access().contains("r"),
                            each.access().contains("w"),
                            each.access().contains("m")));
        }
        return rules;
    }

    private static DeviceRule make(DeviceRule.Type type) {
        return new DeviceRule(DeviceRule.Verdict.ALLOW, type, -1, -1, false, false, true);
    }
}
