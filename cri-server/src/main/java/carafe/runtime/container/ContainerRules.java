package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.DeviceSpec;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.port.Selinux;
import carafe.runtime.spec.AppArmorProfiles;
import carafe.runtime.spec.Environment;
import carafe.runtime.spec.ResourceRules;
import carafe.runtime.spec.SelinuxLabels;
import carafe.runtime.state.PodPhase;
import carafe.runtime.state.PodRecord;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Refuses containers that cannot or must not be made, before anything is begun. What this version
 * does not do is refused by name, never ignored.
 */
final class ContainerRules {
    private static final int MAX_NAME = 4096;
    private static final int MAX_LABELS = 1 << 20;
    private static final Pattern ACCESS = Pattern.compile("[rwm]{0,3}");

    private final AppArmorProfiles profiles;
    private final SelinuxLabels labels;

    ContainerRules(AppArmorProfiles profiles, SelinuxLabels labels) {
        this.profiles = profiles;
        this.labels = labels;
    }

    void check(PodRecord pod, ContainerSpec spec) {
        checkReady(pod);
        checkName(spec.metadata().name());
        checkLabels(spec.labels(), spec.annotations());
        checkSecurity(pod, spec.security());
        spec.mounts().forEach(MountRules::check);
        spec.devices().forEach(ContainerRules::checkDevice);
        ResourceRules.check(spec.resources());
        LogPath.of(pod.settings().logDirectory(), spec.logPath());
    }

    /**
     * What an OCI runtime other than the shim cannot be told.
     *
     * @param handler whose program it is, for messages
     */
    static void checkForProgram(String handler, ContainerSpec spec, Environment environment) {
        environment
                .firstNotText()
                .ifPresent(name -> {
                    throw new CarafeException.Unsupported(
                            "the value of environment variable %s is no UTF-8 text, which runtime handler \"%s\" cannot be told"
                                    .formatted(name, handler));
                });
        for (MountSpec each : spec.mounts()) {
            if (!each.uidMappings().isEmpty() || !each.gidMappings().isEmpty()) {
                throw new CarafeException.Unsupported(
                        "idmapped mounts are not supported with runtime handler \"%s\" (mount on %s)"
                                .formatted(handler, each.containerPath()));
            }
        }
    }

    /** The SELinux labels of a container. */
    Selinux.Contexts labels(PodRecord pod, ContainerSecurity security) {
        return labels.ofContainer(
                security.selinux(),
                security.privileged(),
                pod.settings().namespaces(),
                pod.settings().selinuxLevel());
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

    private void checkSecurity(PodRecord pod, ContainerSecurity security) {
        if (security.privileged() && !pod.settings().privileged()) {
            throw new CarafeException.Invalid(
                    "a privileged container needs a pod sandbox that was made privileged");
        }
        profiles.check(security);
        Selinux.Contexts _ = labels(pod, security);
        NamespaceModes modes = security.namespaces();
        if (modes != null) {
            checkNamespaces(pod.settings().namespaces(), modes);
        }
    }

    private static void checkNamespaces(NamespaceModes pod, NamespaceModes modes) {
        NamespaceModes.UserNamespace user = modes.user();
        if (user != null && !sameIds(pod, user)) {
            throw new CarafeException.Invalid(
                    "a container's user namespace must be its pod's, with the same mappings");
        }
        if (pod.ownUser().isPresent() && modes.pid() == Mode.NODE) {
            throw new CarafeException.Invalid(
                    "a container with a user namespace cannot have the node's PID namespace");
        }
        if (modes.pid() == Mode.TARGET && modes.targetId().isEmpty()) {
            throw new CarafeException.Invalid("PID mode TARGET needs a target_id");
        }
    }

    private static boolean sameIds(NamespaceModes pod, NamespaceModes.UserNamespace user) {
        return switch (user.mode()) {
            case POD -> pod.ownUser().filter(user::equals).isPresent();
            case NODE -> pod.ownUser().isEmpty();
            case CONTAINER, TARGET -> false;
        };
    }

    private static void checkDevice(DeviceSpec device) {
        if (!device.hostPath().startsWith("/") || !ACCESS.matcher(device.permissions()).matches()) {
            throw new CarafeException.Invalid(
                    "device %s: the path must be absolute and the permissions \"%s\" some of rwm"
                            .formatted(device.hostPath(), device.permissions()));
        }
    }
}
