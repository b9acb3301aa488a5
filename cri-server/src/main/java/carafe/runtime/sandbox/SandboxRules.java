package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.api.SecurityProfile;
import carafe.runtime.handler.Handlers;
import carafe.runtime.spec.ResourceRules;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** Refuses sandboxes that cannot or must not be made, before anything is begun. */
final class SandboxRules {
    private static final int MAX_TEXT = 4096;
    private static final int MAX_LABEL_BYTES = 1 << 20;
    static final int MAX_HOSTNAME = 64;
    static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");

    private final Handlers handlers;
    private final UserNamespaceRules userNamespaces;

    /**
     * @param handlers who makes containers, by name
     */
    SandboxRules(Handlers handlers, UserNamespaceRules userNamespaces) {
        this.handlers = handlers;
        this.userNamespaces = userNamespaces;
    }

    void check(SandboxSpec spec) {
        checkMetadata(spec.metadata());
        checkLabels(spec.labels(), spec.annotations());
        checkHandler(spec);
        checkNamespaces(spec.linux().security().namespaces());
        userNamespaces.check(spec.linux().security().namespaces());
        checkHostname(spec);
        checkDirectory("log_directory", spec.logDirectory());
        checkDirectory("cgroup_parent", spec.linux().cgroupParent());
        checkSecurity(spec.linux().security());
        ResourceRules.check(spec.linux().overhead());
        ResourceRules.check(spec.linux().resources());
        PodSysctls.check(spec.linux().sysctls(), spec.linux().security().namespaces());
    }

    private void checkHandler(SandboxSpec spec) {
        String handler = spec.runtimeHandler();
        NamespaceModes.UserNamespace user = spec.linux().security().namespaces().user();
        if (handlers.program(handler).isPresent() && user != null && user.mode() != Mode.NODE) {
            throw new CarafeException.Unsupported(
                    "user namespaces are not supported with runtime handler \"%s\""
                            .formatted(handler));
        }
    }

    private static void checkMetadata(SandboxMetadata metadata) {
        text("name", metadata.name());
        text("namespace", metadata.namespace());
        text("uid", metadata.uid());
        if (metadata.name().isEmpty()) {
            throw new CarafeException.Invalid("a pod sandbox needs a name");
        }
    }

    private static void text(String what, String value) {
        if (value.length() > MAX_TEXT || value.chars().anyMatch(Character::isISOControl)) {
            throw new CarafeException.Invalid(
                    "the %s of a pod sandbox must be at most %d characters without control characters"
                            .formatted(what, MAX_TEXT));
        }
    }

    private static void checkLabels(Map<String, String> labels, Map<String, String> annotations) {
        long size = size(labels) + size(annotations);
        if (size > MAX_LABEL_BYTES) {
            throw new CarafeException.Invalid(
                    "labels and annotations hold %d characters, more than %d"
                            .formatted(size, MAX_LABEL_BYTES));
        }
    }

    private static long size(Map<String, String> map) {
        return map.entrySet().stream()
                .mapToLong(each -> each.getKey().length() + each.getValue().length())
                .sum();
    }

    private static void checkNamespaces(NamespaceModes modes) {
        if (modes.network() != Mode.POD && modes.network() != Mode.NODE) {
            throw new CarafeException.Invalid("the network namespace is the pod's or the node's");
        }
        if (modes.ipc() != Mode.POD && modes.ipc() != Mode.NODE) {
            throw new CarafeException.Invalid("the IPC namespace is the pod's or the node's");
        }
        if (modes.pid() == Mode.TARGET) {
            throw new CarafeException.Invalid(
                    "a pod sandbox cannot target a container's processes");
        }
    }

    private static void checkHostname(SandboxSpec spec) {
        String name = spec.hostname();
        if (name.isEmpty()) {
            return;
        }
        if (name.length() > MAX_HOSTNAME || !HOSTNAME.matcher(name).matches()) {
            throw new CarafeException.Invalid(
                    "\"%s\" cannot be a hostname of at most %d characters"
                            .formatted(name, MAX_HOSTNAME));
        }
    }

    private static void checkDirectory(String what, String path) {
        if (path.isEmpty()) {
            return;
        }
        if (path.indexOf(0) >= 0 || path.length() > MAX_TEXT || path.contains("\n")) {
            throw new CarafeException.Invalid(what + " is not a path");
        }
        if (what.equals("log_directory") && !path.startsWith("/")) {
            throw new CarafeException.Invalid("log_directory must be an absolute path: " + path);
        }
        for (Path part : Path.of(path)) {
            if (part.toString().equals("..")) {
                throw new CarafeException.Invalid(
                        "%s must not contain ..: %s".formatted(what, path));
            }
        }
    }

    private static void checkSecurity(SandboxSpec.Security security) {
        if (security.runAsGroup() != null && security.runAsUser() == null) {
            throw new CarafeException.Invalid("run_as_group needs run_as_user");
        }
        // Profiles of a pod concern a pause process, which there is not; only their form counts.
        SecurityProfile seccomp = security.seccomp();
        if (seccomp != null
                && seccomp.kind() == SecurityProfile.Kind.LOCALHOST
                && seccomp.localhostRef().isEmpty()) {
            throw new CarafeException.Invalid("a localhost seccomp profile needs a file name");
        }
    }
}
