package carafe.shim.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A config.json as a runtime would write it, with what a test wants changed. */
final class Config {
    private static final String CAPABILITIES =
            "[\"CAP_CHOWN\",\"CAP_DAC_OVERRIDE\",\"CAP_KILL\",\"CAP_MKNOD\",\"CAP_SETUID\","
                    + "\"CAP_SETGID\",\"CAP_SETPCAP\",\"CAP_NET_RAW\"]";

    private final List<String> args;
    private final List<String> mounts = new ArrayList<>();
    private final List<String> namespaces =
            new ArrayList<>(List.of("pid", "ipc", "uts", "mount", "network", "cgroup"));
    private final List<String> linux = new ArrayList<>();
    private String process = "";
    private String user = "{\"uid\":0,\"gid\":0}";
    private String cwd = "/";
    private String capabilities = CAPABILITIES;
    private boolean noNewPrivileges;
    private boolean terminal;
    private boolean readonly;

    private Config(List<String> args) {
        this.args = args;
    }

    static Config running(String... args) {
        return new Config(Arrays.asList(args));
    }

    static Config script(String text) {
        return running("/bin/sh", "-c", text);
    }

    Config user(String json) {
        user = json;
        return this;
    }

    Config cwd(String path) {
        cwd = path;
        return this;
    }

    Config capabilities(String list) {
        capabilities = list;
        return this;
    }

    Config noNewPrivileges() {
        noNewPrivileges = true;
        return this;
    }

    Config terminal() {
        terminal = true;
        return this;
    }

    Config readonly() {
        readonly = true;
        return this;
    }

    /** Adds a member to the process. */
    Config process(String field) {
        process += "," + field;
        return this;
    }

    /** Adds a member to linux. */
    Config linux(String field) {
        linux.add(field);
        return this;
    }

    Config mount(String destination, String source, String... options) {
        mounts.add(
                "{\"destination\":%s,\"type\":\"bind\",\"source\":%s,\"options\":[%s]}"
                        .formatted(
                                ShimBundle.quote(destination),
                                ShimBundle.quote(source),
                                Arrays.stream(options)
                                        .map(ShimBundle::quote)
                                        .collect(Collectors.joining(","))));
        return this;
    }

    /** A bind whose ids are mapped, by members as in shim.json. */
    Config mapped(String destination, String source, String maps) {
        mounts.add(
                "{\"destination\":%s,\"type\":\"bind\",\"source\":%s,\"options\":[\"rbind\"]%s}"
                        .formatted(ShimBundle.quote(destination), ShimBundle.quote(source), maps));
        return this;
    }

    /** Shares the machine's namespace of this type. */
    Config without(String namespace) {
        namespaces.remove(namespace);
        return this;
    }

    /** Enters a namespace of another process. */
    Config entering(String namespace, String path) {
        namespaces.remove(namespace);
        namespaces.add(namespace + "\",\"path\":\"" + path);
        return this;
    }

    /** The process object without args, env and cwd, as an exec carries it. */
    String processJson() {
        return "{" + identity() + "}";
    }

    private String identity() {
        return """
        "terminal":%s,"user":%s,"noNewPrivileges":%s,"oomScoreAdj":123,
        "rlimits":[{"type":"RLIMIT_NOFILE","soft":333,"hard":444}],
        "capabilities":{"bounding":%s,"effective":%s,"permitted":%s}%s\
        """
                .formatted(
                        terminal,
                        user,
                        noNewPrivileges,
                        capabilities,
                        capabilities,
                        capabilities,
                        process);
    }

    String json() {
        return """
        {"ociVersion":"1.1.0","hostname":"box","root":{"path":"rootfs","readonly":%s},
         "process":{"args":[%s],"env":["PATH=/bin"],"cwd":%s,%s},
         "mounts":[{"destination":"/proc","type":"proc","source":"proc",
           "options":["nosuid","noexec","nodev"]},
          {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","mode=755"]},
          {"destination":"/dev/pts","type":"devpts","source":"devpts",
           "options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620","gid=5"]},
          {"destination":"/dev/mqueue","type":"mqueue","source":"mqueue"},
          {"destination":"/sys","type":"sysfs","source":"sysfs","options":["nosuid","ro"]},
          {"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup",
           "options":["nosuid","noexec","nodev","relatime","ro"]}%s],
         "linux":{"namespaces":[%s],
          "maskedPaths":["/proc/kcore","/proc/keys","/proc/timer_list","/proc/acpi","/sys/firmware",
           "/proc/nothing"],
          "readonlyPaths":["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"]
          %s}}
        """
                .formatted(
                        readonly,
                        args.stream().map(ShimBundle::quote).collect(Collectors.joining(",")),
                        ShimBundle.quote(cwd),
                        identity(),
                        mounts.stream().map(m -> "," + m).collect(Collectors.joining()),
                        namespaces.stream()
                                .map(n -> "{\"type\":\"" + n + "\"}")
                                .collect(Collectors.joining(",")),
                        linux.stream().map(l -> "," + l).collect(Collectors.joining()));
    }
}
