package carafe.runtime.sandbox;

/** What the use cases of sandboxes share. */
record SandboxParts(
        SandboxRules rules,
        Hostnames hostnames,
        PodFiles files,
        PodHoldings holdings,
        HolderWatch holders) {}
