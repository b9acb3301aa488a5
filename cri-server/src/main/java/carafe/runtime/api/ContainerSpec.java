package carafe.runtime.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A container as asked for.
 *
 * @param command replaces the image's entrypoint and makes its command void
 * @param args replaces the image's command
 * @param workingDir empty = the image's
 * @param env on top of the image's; a later one of the same name wins
 * @param logPath relative to the pod's log directory; empty = no log
 * @param stopSignal absent = the image's, else SIGTERM
 */
public record ContainerSpec(
        ContainerMetadata metadata,
        ImageName image,
        List<String> command,
        List<String> args,
        String workingDir,
        List<EnvVar> env,
        List<MountSpec> mounts,
        List<DeviceSpec> devices,
        List<String> cdiDevices,
        Map<String, String> labels,
        Map<String, String> annotations,
        String logPath,
        Stdio stdio,
        Resources resources,
        ContainerSecurity security,
        @Nullable StopSignal stopSignal) {
    public ContainerSpec {
        command = List.copyOf(command);
        args = List.copyOf(args);
        env = List.copyOf(env);
        mounts = List.copyOf(mounts);
        devices = List.copyOf(devices);
        cdiDevices = List.copyOf(cdiDevices);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /** The same container with other variables and mounts. */
    public ContainerSpec with(List<EnvVar> otherEnv, List<MountSpec> otherMounts) {
        return new ContainerSpec(
                metadata,
                image,
                command,
                args,
                workingDir,
                otherEnv,
                otherMounts,
                devices,
                cdiDevices,
                labels,
                annotations,
                logPath,
                stdio,
                resources,
                security,
                stopSignal);
    }

    /**
     * The first process's standard streams.
     *
     * @param stdin keep standard input open for attach
     * @param stdinOnce close it when the first attached client leaves
     * @param tty run in a terminal
     */
    public record Stdio(boolean stdin, boolean stdinOnce, boolean tty) {
        /** No input, no terminal. */
        public static final Stdio NONE = new Stdio(false, false, false);
    }
}
