package carafe.shim.child;

import carafe.shim.spec.ContainerSpec;
import carafe.shim.spec.ContainerSpec.DeviceSpec;
import carafe.shim.spec.IdMaps;
import carafe.shim.spec.ShimSpec;
import carafe.shim.spec.ShimSpec.RootfsSpec;
import carafe.shim.spec.ShimSpec.VolumeSpec;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.util.ArrayList;
import java.util.List;

/**
 * What a container in a user namespace needs made while this process still is the machine's root:
 * the root file system with mapped ids, and a /dev with device nodes, which nobody can make inside.
 * Both are detached mounts, attached inside.
 */
final class MappedContainer {
    private static final int DIRECTORY =
            FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
    private static final String DEV = "/dev";

    private final Syscalls sys;
    private final Progress progress;
    private final IdMaps maps;
    private final IdMappings mappings;
    private final String label;

    MappedContainer(
            Syscalls sys, Progress progress, IdMaps maps, IdMappings mappings, String label) {
        this.sys = sys;
        this.progress = progress;
        this.maps = maps;
        this.mappings = mappings;
        this.label = label;
    }

    /** The root, not yet attached. */
    int makeRoot(ContainerSpec container, ShimSpec shim, RootFileSystem rootFileSystem)
            throws SyscallException, RefusedException {
        int bundle = sys.files().open(FileCalls.AT_FDCWD, ".", DIRECTORY, 0);
        try {
            return rootFileSystem.makeMapped(
                    shim.rootfs(), container.rootPath(), bundle, maps, mappings);
        } finally {
            sys.files().close(bundle);
        }
    }

    /** The mounts, those of images with their trees. */
    List<PlannedMount> makeImages(
            List<PlannedMount> planned, List<VolumeSpec> volumes, RootFileSystem roots)
            throws SyscallException, RefusedException {
        int bundle = sys.files().open(FileCalls.AT_FDCWD, ".", DIRECTORY, 0);
        ImageVolumes.Stage stage =
                new ImageVolumes.Stage() {
                    @Override
                    public int make(RootfsSpec image) throws SyscallException, RefusedException {
                        return roots.makeMapped(image, "", bundle, maps, mappings);
                    }

                    @Override
                    public void remove() {
                        // It went with its descriptor.
                    }
                };
        try {
            return new ImageVolumes(sys.files(), sys.mounts(), stage, progress)
                    .fill(planned, volumes);
        } finally {
            sys.files().close(bundle);
        }
    }

    /** The mounts, a new file system on /dev among them made and filled with nodes. */
    List<PlannedMount> makeDev(List<PlannedMount> planned, List<DeviceSpec> devices)
            throws SyscallException, RefusedException {
        List<PlannedMount> result = new ArrayList<>();
        boolean made = false;
        for (PlannedMount mount : planned) {
            boolean isDev =
                    mount.tree() < 0
                            && mount.spec().type().equals("tmpfs")
                            && Mounts.normalize(mount.spec().destination()).equals(DEV);
            result.add(isDev ? mount.as(makeDev(mount, devices)) : mount);
            made |= isDev;
        }
        for (DeviceSpec device : devices) {
            if (!made || !isBelowDev(device)) {
                progress.at("devices.make", device.path());
                throw new RefusedException(
                        "in a user namespace devices can only be made below a /dev of its own");
            }
        }
        return result;
    }

    private int makeDev(PlannedMount mount, List<DeviceSpec> devices)
            throws SyscallException, RefusedException {
        progress.at("devices.mount", DEV);
        MountOptions options = mount.options();
        long attributes = options.attributes().set() | options.recursive().set();
        List<String> data = new ArrayList<>(options.data());
        FileSystems.label("tmpfs", label, data);
        int dev =
                new FileSystems(sys.files(), sys.mounts())
                        .make(
                                "tmpfs",
                                mount.spec().source(),
                                data,
                                attributes & ~MountCalls.ATTR_RDONLY);
        int uid = maps.uid(0);
        int gid = maps.gid(0);
        sys.files().chown(dev, "", uid, gid, FileCalls.AT_EMPTY_PATH);
        Devices nodes = new Devices(sys.files(), new InRoot(sys.files(), dev), progress);
        nodes.makeNodes(dev);
        nodes.give(dev, uid, gid);
        List<DeviceSpec> below = new ArrayList<>();
        for (DeviceSpec device : devices) {
            if (isBelowDev(device)) {
                below.add(device.at(Mounts.normalize(device.path()).substring(DEV.length())));
            }
        }
        // Their owners are the machine's: being root inside is no right to the machine's devices.
        nodes.make(below);
        return dev;
    }

    private static boolean isBelowDev(DeviceSpec device) {
        return Mounts.normalize(device.path()).startsWith(DEV + "/");
    }
}
