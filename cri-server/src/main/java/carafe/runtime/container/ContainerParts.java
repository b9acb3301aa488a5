package carafe.runtime.container;

import carafe.runtime.cdi.CdiDevices;
import carafe.runtime.handler.Handlers;
import carafe.runtime.spec.HostFacts;
import carafe.runtime.spec.SelinuxLabels;

/** What the use cases of containers share. */
record ContainerParts(
        ContainerRules rules,
        UserLookup users,
        MountSources sources,
        ImageMounts images,
        DeviceGrants devices,
        CdiDevices cdiDevices,
        CdiGrants cdiGrants,
        ContainerBundle bundles,
        LogDirectories logs,
        PidTargets targets,
        SeccompChoice seccomp,
        HostFacts host,
        Handlers handlers,
        SelinuxLabels labels) {}
