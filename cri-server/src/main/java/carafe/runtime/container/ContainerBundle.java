package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.image.snapshot.Snapshot;
import carafe.runtime.port.Cgroups.ContainerCgroup;
import carafe.runtime.spec.Environment;
import carafe.runtime.spec.IdMapArrays;
import carafe.runtime.spec.OciSpec;
import carafe.runtime.spec.OtherRuntime;
import carafe.runtime.spec.SpecRequest;
import carafe.runtime.state.BundleDirectory;
import carafe.runtime.state.StatePaths;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A container's bundle on disk; see docs/shim.md for its form. */
public final class ContainerBundle {
    private static final int MAX_CONFIG_BYTES = 16 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String PROGRAM_STATE = "runtime";
    private static final String SECCOMP = "seccomp.bpf";

    private final StatePaths paths;
    private final DurableFiles files;
    private final IntSupplier maxLogLine;

    /**
     * @param maxLogLine bytes of text in one line of a log, asked for each container
     */
    public ContainerBundle(StatePaths paths, DurableFiles files, IntSupplier maxLogLine) {
        this.paths = paths;
        this.files = files;
        this.maxLogLine = maxLogLine;
    }

    /** What the shim must know beside the OCI file. */
    record ShimFacts(
            Snapshot rootfs,
            List<ImageMounts.Volume> volumes,
            ContainerCgroup cgroup,
            String logPath,
            Optional<byte[]> seccomp,
            Optional<Program> program) {}

    /**
     * Another OCI runtime that makes the container.
     *
     * @param staged sources that it finds below {@link OtherRuntime#STAGED}
     */
    record Program(Path path, List<String> staged) {
        Program {
            staged = List.copyOf(staged);
        }
    }

    Path make(String id) {
        Path directory = paths.container(id);
        BundleDirectory.make(directory);
        BundleDirectory.make(directory.resolve("rootfs"));
        return directory;
    }

    /** Removes the directory; none is success. */
    public void delete(String id) {
        Path bundle = paths.container(id);
        // What a program that was killed could not clear away itself.
        BundleDirectory.deleteTree(bundle.resolve(PROGRAM_STATE));
        BundleDirectory.delete(bundle);
    }

    /**
     * Writes config.json.
     *
     * @param other the OCI runtime that will read it; empty = the shim
     * @return what the shim must stage for that runtime
     */
    List<String> writeConfig(String id, SpecRequest request, Optional<OtherRuntime> other) {
        Path bundle = paths.container(id);
        ObjectNode config = OciSpec.of(request);
        List<String> staged = other.map(each -> each.fit(config, bundle)).orElse(List.of());
        if (!staged.isEmpty()) {
            BundleDirectory.make(bundle.resolve(OtherRuntime.STAGED));
        }
        write(bundle.resolve("config.json"), OciSpec.bytes(config));
        return staged;
    }

    void writeShim(String id, SpecRequest request, ShimFacts facts) {
        ObjectNode shim = JSON.createObjectNode();
        shim.put("version", 1);
        shim.put("id", id);
        shim.put("logPath", facts.logPath());
        shim.put("maxLogLine", maxLogLine.getAsInt());
        shim.put("stdin", request.container().stdio().stdin());
        shim.put("stdinOnce", request.container().stdio().stdinOnce());
        ObjectNode rootfs = shim.putObject("rootfs");
        facts.rootfs().lowerTopFirst().forEach(each -> rootfs.withArray("lower").add(text(each)));
        rootfs.put("upper", text(facts.rootfs().upper()));
        rootfs.put("work", text(facts.rootfs().work()));
        rootfs.put("readonly", request.container().security().readonlyRootfs());
        for (ImageMounts.Volume each : facts.volumes()) {
            ObjectNode volume = shim.withArray("volumes").addObject();
            volume.put("source", each.source());
            each.lowerTopFirst().forEach(layer -> volume.withArray("lower").add(text(layer)));
            volume.put("subPath", each.subPath());
        }
        if (!request.labels().isNone()) {
            shim.put("mountLabel", request.labels().file());
        }
        fillCgroups(shim.putObject("cgroups"), facts.cgroup());
        Environment environment = Environment.of(request);
        if (!environment.isText()) {
            environment.base64().forEach(shim.putArray("envBase64")::add);
        }
        if (facts.seccomp().isPresent()) {
            write(paths.container(id).resolve(SECCOMP), facts.seccomp().get());
            shim.put("seccompFile", SECCOMP);
        }
        facts.program()
                .ifPresent(program -> {
                    ObjectNode runtime = shim.putObject("runtime");
                    runtime.put("program", text(program.path()));
                    program.staged().forEach(runtime.putArray("staged")::add);
                });
        request.pod()
                .namespaces()
                .ownUser()
                .ifPresent(user -> IdMapArrays.fill(shim, user.uids(), user.gids()));
        shim.put("podPid", request.pod().holder().pid());
        shim.put("podStartTicks", request.pod().holder().startTicks());
        if (request.target() != null) {
            shim.put("targetPid", request.target().pid());
            shim.put("targetStartTicks", request.target().startTicks());
        }
        write(paths.container(id).resolve("shim.json"), JSON.writeValueAsBytes(shim));
    }

    /**
     * The OCI file of a container.
     *
     * @return empty when there is none, or no readable one
     */
    public Optional<JsonNode> config(String id) {
        return read(id, "config.json");
    }

    /** What the shim was told. */
    public Optional<JsonNode> shim(String id) {
        return read(id, "shim.json");
    }

    private Optional<JsonNode> read(String id, String name) {
        Path file = paths.container(id).resolve(name);
        try {
            return Optional.of(JSON.readTree(files.read(file, MAX_CONFIG_BYTES)));
        } catch (NoSuchFileException | JacksonException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new CarafeException.Internal("read %s: %s".formatted(file, e), e);
        }
    }

    private static void fillCgroups(ObjectNode node, ContainerCgroup cgroup) {
        cgroup.join().forEach(each -> node.withArray("join").add(text(each)));
        Path unified = cgroup.unified();
        if (unified != null) {
            node.put("unified", text(unified));
        }
        Path memory = cgroup.memory();
        if (memory != null) {
            node.put("memory", text(memory));
            node.put("memoryVersion", cgroup.memoryVersion());
        }
    }

    private static String text(Path path) {
        return path.toString();
    }

    private void write(Path file, byte[] content) {
        try {
            files.write(file, content, DurableFiles.Durability.PROCESS);
        } catch (IOException e) {
            throw new CarafeException.Internal("write %s: %s".formatted(file, e), e);
        }
    }
}
