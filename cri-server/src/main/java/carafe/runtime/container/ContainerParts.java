package carafe.runtime.container;

import carafe.runtime.handler.Handlers;
import carafe.runtime.spec.HostFacts;

/** What the use cases of containers share. */
record ContainerParts(
        ContainerRules rules,
        UserLookup users,
        MountSources sources,
        DeviceGrants devices,
        ContainerBundle bundles,
        LogDirectories logs,
        PidTargets targets,
        SeccompChoice seccomp,
        HostFacts host,
        Handlers handlers) {}
