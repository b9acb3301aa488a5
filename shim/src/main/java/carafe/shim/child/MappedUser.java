package carafe.shim.child;

import carafe.shim.spec.IdMaps;
import carafe.shim.spec.ProcessSpec;
import org.jspecify.annotations.Nullable;

/** A process's user and group as the machine sees them. */
record MappedUser(int uid, int gid) {
    /**
     * @param maps of the container's user namespace, null = it has none
     */
    static MappedUser of(ProcessSpec.User user, @Nullable IdMaps maps) throws RefusedException {
        if (maps == null) {
            return new MappedUser(user.uid(), user.gid());
        }
        MappedUser mapped = new MappedUser(maps.uid(user.uid()), maps.gid(user.gid()));
        refuseUnmapped("user", user.uid(), mapped.uid());
        refuseUnmapped("group", user.gid(), mapped.gid());
        for (int gid : user.additionalGids()) {
            refuseUnmapped("group", gid, maps.gid(gid));
        }
        return mapped;
    }

    private static void refuseUnmapped(String what, int id, int mapped) throws RefusedException {
        if (mapped == IdMaps.UNMAPPED) {
            throw new RefusedException(
                    what + " " + (id & 0xffffffffL) + " is none of the pod's user namespace");
        }
    }
}
