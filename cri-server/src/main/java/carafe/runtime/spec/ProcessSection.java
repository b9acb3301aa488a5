package carafe.runtime.spec;

import carafe.base.CarafeException;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.SecurityProfile;
import java.util.Collection;
import tools.jackson.databind.node.ObjectNode;

/** Section {@code process}. */
final class ProcessSection {
    private ProcessSection() {}

    static void fill(ObjectNode process, SpecRequest request) {
        ContainerSpec container = request.container();
        ContainerSecurity security = container.security();
        process.put("terminal", container.stdio().tty());
        fillUser(process.putObject("user"), request.user());
        strings(process, "args", CommandLine.of(container, request.image()));
        strings(process, "env", Environment.of(request).entries());
        process.put("cwd", workingDirectory(request));
        fillCapabilities(
                process.putObject("capabilities"),
                Capabilities.of(
                        security.capabilities(),
                        security.privileged(),
                        request.host().capabilities()));
        ObjectNode openFiles = process.putArray("rlimits").addObject();
        openFiles.put("type", "RLIMIT_NOFILE");
        openFiles.put("hard", request.host().openFilesHard());
        openFiles.put("soft", request.host().openFilesSoft());
        fillLabels(process, security);
        if (!request.labels().isNone()) {
            process.put("selinuxLabel", request.labels().process());
        }
        process.put("noNewPrivileges", security.noNewPrivileges());
        process.put("oomScoreAdj", container.resources().oomScoreAdj());
    }

    private static void fillLabels(ObjectNode process, ContainerSecurity security) {
        SecurityProfile profile = security.apparmor();
        // Unlike a profile asked for by name, the usual one does not bind who may do everything.
        boolean usual = profile != null && profile.kind() == SecurityProfile.Kind.RUNTIME_DEFAULT;
        if (profile != null
                && !profile.appArmorName().isEmpty()
                && !(usual && security.privileged())) {
            process.put("apparmorProfile", profile.appArmorName());
        }
    }

    private static void fillUser(ObjectNode node, ResolvedUser user) {
        node.put("uid", user.ids().uid());
        node.put("gid", user.ids().gid());
        user.ids().supplementalGroups().forEach(node.putArray("additionalGids")::add);
    }

    private static void fillCapabilities(ObjectNode node, Capabilities sets) {
        strings(node, "bounding", sets.bounding());
        strings(node, "effective", sets.bounding());
        strings(node, "permitted", sets.bounding());
        strings(node, "inheritable", sets.ambient());
        strings(node, "ambient", sets.ambient());
    }

    private static String workingDirectory(SpecRequest request) {
        String asked = request.container().workingDir();
        String directory = asked.isEmpty() ? request.image().workingDir() : asked;
        if (directory.isEmpty()) {
            return "/";
        }
        if (!directory.startsWith("/")) {
            throw new CarafeException.Invalid(
                    "the working directory %s is not an absolute path".formatted(directory));
        }
        return Texts.withoutNul("the working directory", directory);
    }

    private static void strings(ObjectNode node, String name, Collection<String> values) {
        values.forEach(node.putArray(name)::add);
    }
}
