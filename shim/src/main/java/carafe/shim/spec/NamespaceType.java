package carafe.shim.spec;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.sys.ProcessCalls;

/** Kinds of namespaces, with the runtime-spec's name and the flag of clone. */
public enum NamespaceType {
    MOUNT("mount", ProcessCalls.CLONE_NEWNS),
    PID("pid", ProcessCalls.CLONE_NEWPID),
    NETWORK("network", ProcessCalls.CLONE_NEWNET),
    IPC("ipc", ProcessCalls.CLONE_NEWIPC),
    UTS("uts", ProcessCalls.CLONE_NEWUTS),
    CGROUP("cgroup", ProcessCalls.CLONE_NEWCGROUP),
    USER("user", ProcessCalls.CLONE_NEWUSER);

    private final String text;
    private final long flag;

    NamespaceType(String text, long flag) {
        this.text = text;
        this.flag = flag;
    }

    /** The CLONE_NEW flag. */
    public long flag() {
        return flag;
    }

    static NamespaceType of(Json json) throws JsonException {
        String name = json.string();
        for (NamespaceType type : values()) {
            if (type.text.equals(name)) {
                return type;
            }
        }
        throw new JsonException(json.path() + ": unknown namespace type " + name);
    }
}
