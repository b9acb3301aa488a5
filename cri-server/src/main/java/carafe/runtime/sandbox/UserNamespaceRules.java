package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.runtime.api.IdMapping;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Refuses user namespaces that cannot be. */
final class UserNamespaceRules {
    /** Ids are 32 bit; the last one means "no id" to the kernel. */
    private static final long IDS = (1L << 32) - 1;

    private final Supplier<Optional<String>> problem;

    /**
     * @param problem why this machine can have none; empty = it can
     */
    UserNamespaceRules(Supplier<Optional<String>> problem) {
        this.problem = problem;
    }

    void check(NamespaceModes modes) {
        NamespaceModes.UserNamespace user = modes.user();
        if (user == null) {
            return;
        }
        switch (user.mode()) {
            case NODE -> {
                if (!user.uids().isEmpty() || !user.gids().isEmpty()) {
                    throw new CarafeException.Invalid(
                            "user namespace mode NODE excludes mappings of ids");
                }
            }
            case POD -> checkOwn(modes, user);
            case CONTAINER, TARGET ->
                    throw new CarafeException.Invalid(
                            "the user namespace is the pod's or the node's, not " + user.mode());
        }
    }

    private void checkOwn(NamespaceModes modes, NamespaceModes.UserNamespace user) {
        checkMapping("uids", user.uids());
        checkMapping("gids", user.gids());
        // Their processes and objects are owned from outside; nothing in them could be mounted.
        if (modes.pid() == Mode.NODE || modes.ipc() == Mode.NODE) {
            throw new CarafeException.Invalid(
                    "a pod with a user namespace cannot have the node's PID or IPC namespace");
        }
        problem.get()
                .ifPresent(why -> {
                    throw new CarafeException.Unsupported(
                            "this node can have no user namespaces: " + why);
                });
    }

    private static void checkMapping(String what, List<IdMapping> mappings) {
        if (mappings.size() != 1) {
            throw new CarafeException.Invalid(
                    "a user namespace needs exactly one mapping of %s, not %d"
                            .formatted(what, mappings.size()));
        }
        IdMapping mapping = mappings.getFirst();
        if (mapping.containerId() != 0) {
            throw new CarafeException.Invalid(
                    "the mapping of %s must begin with the container's id 0, not %d"
                            .formatted(what, mapping.containerId()));
        }
        if (mapping.length() < 1
                || mapping.length() > IDS
                || mapping.hostId() + mapping.length() > IDS) {
            throw new CarafeException.Invalid(
                    "the mapping of %s to %d ids from %d on does not fit into the node's ids"
                            .formatted(what, mapping.length(), mapping.hostId()));
        }
    }
}
