package carafe.runtime.sandbox;

import carafe.runtime.spec.SelinuxLabels;

/** What the use cases of sandboxes share. */
record SandboxParts(
        SandboxRules rules,
        Hostnames hostnames,
        PodFiles files,
        PodHoldings holdings,
        HolderWatch holders,
        SelinuxLabels labels) {}
