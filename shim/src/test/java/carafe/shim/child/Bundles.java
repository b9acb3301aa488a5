package carafe.shim.child;

import static java.nio.charset.StandardCharsets.UTF_8;

import carafe.shim.sys.RecordingSyscalls;

/** Bundles for tests without a container. */
final class Bundles {
    static final String SHIM =
            """
            {"version":1,"id":"c1","logPath":"/l","rootfs":{"lower":["/a","/b"],"upper":"/u",
             "work":"/w"},"cgroups":{"join":["/cg/cpu/tasks","/cg/memory/tasks"]},
             "seccompFile":"filter","podPid":77,"podStartTicks":0}
            """;
    static final String CONFIG =
            """
            {"process":{"args":["sh"],"env":["PATH=/bin"],"cwd":"/w","user":{"uid":5,"gid":6,
              "additionalGids":[7]},"capabilities":{"bounding":["CAP_CHOWN"]},
              "rlimits":[{"type":"RLIMIT_NOFILE","soft":1,"hard":2}],"noNewPrivileges":true,
              "oomScoreAdj":-5},
             "hostname":"h",
             "mounts":[{"destination":"/proc","type":"proc","source":"proc","options":["nosuid"]},
              {"destination":"/dev","type":"tmpfs","options":["mode=755","ro"]},
              {"destination":"/dev/pts","type":"devpts"},
              {"destination":"/data","type":"bind","source":"/src",
               "options":["rbind","rro","rslave"]},
              {"destination":"/sys/fs/cgroup","type":"cgroup","options":["ro"]}],
             "linux":{"namespaces":[{"type":"mount"},{"type":"pid"},{"type":"cgroup"},{"type":"uts"},
               {"type":"network","path":"/proc/77/ns/net"}],
              "devices":[{"path":"/dev/x","type":"c","major":1,"minor":2}],
              "sysctl":{"net.ipv4.ip_forward":"1"},
              "maskedPaths":["/proc/kcore","/proc/acpi"],"readonlyPaths":["/proc/sys"],
              "seccomp":{}}}
            """;

    private Bundles() {}

    static RecordingSyscalls container() {
        return new RecordingSyscalls()
                .file("config.json", CONFIG.getBytes(UTF_8))
                .file("shim.json", SHIM.getBytes(UTF_8))
                .file("filter", new byte[16])
                .file("self/cgroup", "2:cpu:/x\n1:name=systemd:/x\n0::/x\n".getBytes(UTF_8))
                .answer("fileSystemType", _ -> 0x9fa0L);
    }
}
