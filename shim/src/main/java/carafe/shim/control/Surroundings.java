package carafe.shim.control;

import carafe.shim.record.Facts;

/** What a container lives with. */
record Surroundings(
        Facts facts,
        PumpLink pump,
        Cgroup cgroup,
        OomCounter oom,
        ResultPipe result,
        TerminalRelay terminal) {}
