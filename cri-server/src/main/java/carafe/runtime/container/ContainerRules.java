package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.DeviceSpec;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SecurityProfile;
import carafe.runtime.state.PodPhase;
import carafe.runtime.state.PodRecord;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses containers that cannot or must not be made, before anything is begun. What this version
 * does not do is refused by name, never ignored.
 */
final class ContainerRules {
    private static final int MAX_NAME = 4096;
    private static final int MAX_LABELS = 1 << 20;
    private static final int MAX_OOM_SCORE = 1000;
    private static final Pattern ACCESS = Pattern.compile("[rwm]{0,3}");
    private static final Pattern CPU_LIST =
            Pattern.compile("([0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*)?");

    void check(PodRecord pod, ContainerSpec spec) {
        checkReady(pod);
        checkName(spec.metadata().name());
        checkLabels(spec.labels(), spec.annotations());
        checkSecurity(pod, spec.security());
        spec.mounts().forEach(MountRules::check);
        spec.devices().forEach(ContainerRules::checkDevice);
        checkResources(spec.resources());
        LogPath.of(pod.settings().logDirectory(), spec.logPath());
    }

    static void checkReady(PodRecord pod) {
        if (pod.phase() != PodPhase.READY) {
            throw new CarafeException.Precondition(
                    "pod sandbox %s is not ready".formatted(pod.id()));
        }
    }

    private static void checkName(String name) {
        if (name.isEmpty()
                || name.length() > MAX_NAME
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new CarafeException.Invalid(
                    "a container needs a name of at most %d characters without control characters"
                            .formatted(MAX_NAME));
        }
    }

    private static void checkLabels(Map<String, String> labels, Map<String, String> annotations) {
        long size = size(labels) + size(annotations);
        if (size > MAX_LABELS) {
            throw new CarafeException.Invalid(
                    "labels and annotations hold %d characters, more than %d"
                            .formatted(size, MAX_LABELS));
        }
    }

    private static long size(Map<String, String> map) {
        return map.entrySet().stream()
                .mapToLong(each -> each.getKey().length() + each.getValue().length())
                .sum();
    }

    private static void checkSecurity(PodRecord pod, ContainerSecurity security) {
        if (security.privileged() && !pod.settings().privileged()) {
            throw new CarafeException.Invalid(
                    "a privileged container needs a pod sandbox that was made privileged");
        }
        if (security.selinux() != null && !security.selinux().isEmpty()) {
            throw new CarafeException.Unsupported("SELinux labels are not supported yet");
        }
        checkAppArmor(security.apparmor());
        NamespaceModes modes = security.namespaces();
        if (modes != null) {
            checkNamespaces(modes);
        }
    }

    private static void checkAppArmor(@Nullable SecurityProfile profile) {
        if (profile != null && profile.kind() != SecurityProfile.Kind.UNCONFINED) {
            throw new CarafeException.Unsupported(
                    "AppArmor profile %s is not supported yet".formatted(profile.kind()));
        }
    }

    private static void checkNamespaces(NamespaceModes modes) {
        NamespaceModes.UserNamespace user = modes.user();
        if (user != null && user.mode() != Mode.NODE) {
            throw new CarafeException.Unsupported("user namespaces are not supported yet");
        }
        if (modes.pid() == Mode.TARGET && modes.targetId().isEmpty()) {
            throw new CarafeException.Invalid("PID mode TARGET needs a target_id");
        }
    }

    private static void checkDevice(DeviceSpec device) {
        if (!device.hostPath().startsWith("/") || !ACCESS.matcher(device.permissions()).matches()) {
            throw new CarafeException.Invalid(
                    "device %s: the path must be absolute and the permissions \"%s\" some of rwm"
                            .formatted(device.hostPath(), device.permissions()));
        }
    }

    private static void checkResources(Resources limits) {
        if (Math.abs(limits.oomScoreAdj()) > MAX_OOM_SCORE) {
            throw new CarafeException.Invalid(
                    "oom_score_adj %d is not between -1000 and 1000"
                            .formatted(limits.oomScoreAdj()));
        }
        if (!CPU_LIST.matcher(limits.cpusetCpus()).matches()
                || !CPU_LIST.matcher(limits.cpusetMems()).matches()) {
            throw new CarafeException.Invalid(
                    "cpuset \"%s\" or \"%s\" is not a list such as 0-3,8"
                            .formatted(limits.cpusetCpus(), limits.cpusetMems()));
        }
    }
}
