package carafe.network.cni;

import carafe.base.DiskFiles;
import carafe.network.process.ChildProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Plugins that answer as a test says and remember what they were told, with the directories of
 * their networks. Closing it ends the networks and whatever hangs. Thread-safe.
 */
final class ScriptedPlugins implements AutoCloseable {
    private static final String RESULT =
            "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.9.0.7/16\"}]}";

    private final Path dir;
    private final JsonMapper json = JsonMapper.builder().build();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final List<CniNetworks> opened = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String failing = "";
    private volatile String hanging = "";
    private volatile String printed = RESULT;

    /**
     * @param what verb, plugin and interface
     */
    record Call(String what, Map<String, String> environment, JsonNode input) {}

    /**
     * @param dir an empty one
     */
    ScriptedPlugins(Path dir, String... names) throws IOException {
        this.dir = dir;
        Files.createDirectory(configs());
        Files.createDirectory(programs());
        for (String name : names) {
            Path file = Files.writeString(programs().resolve(name), "#!/bin/sh\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    Path configs() {
        return dir.resolve("net.d");
    }

    Path programs() {
        return dir.resolve("bin");
    }

    Path records() {
        return dir.resolve("records");
    }

    List<Call> calls() {
        return calls;
    }

    /** Verb, plugin and interface of each call so far. */
    List<String> called() {
        return calls.stream().map(Call::what).toList();
    }

    /**
     * @param call verb and plugin that fail from now on; empty = none
     */
    void fail(String call) {
        failing = call;
    }

    /**
     * @param verb that does not end any more
     */
    void hang(String verb) {
        hanging = verb;
    }

    /** What ADD prints from now on. */
    void print(String result) {
        printed = result;
    }

    /** A network, named by the first two characters of the file. */
    void configure(String file, String version, String plugins) throws IOException {
        Files.writeString(
                configs().resolve(file),
                "{\"cniVersion\":\"%s\",\"name\":\"%s\",\"plugins\":[%s]}"
                        .formatted(version, file.substring(0, 2), plugins));
    }

    CniNetworks networks() throws IOException {
        return networks(CniNetworks.Choice.USUAL);
    }

    CniNetworks networks(CniNetworks.Choice choice) throws IOException {
        CniNetworks networks =
                new CniNetworks(
                        new CniNetworks.Settings(
                                configs(),
                                List.of(programs()),
                                records(),
                                Duration.ofSeconds(5),
                                Set.of((Integer) Files.getAttribute(dir, "unix:uid")),
                                choice),
                        new DiskFiles(),
                        this::run);
        opened.add(networks);
        return networks;
    }

    private ChildProgram.Output run(
            List<String> command,
            Map<String, String> environment,
            byte[] stdin,
            Duration deadline) {
        String verb = environment.getOrDefault("CNI_COMMAND", "");
        String call = verb + " " + Path.of(command.getFirst()).getFileName();
        String link = environment.getOrDefault("CNI_IFNAME", "-");
        calls.add(new Call(call + " " + link, environment, json.readTree(stdin)));
        if (verb.equals(hanging)) {
            try {
                boolean _ = closed.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return call.equals(failing)
                ? new ChildProgram.Output(1, "{\"code\":11,\"msg\":\"no such table\"}", "")
                : new ChildProgram.Output(0, verb.equals("ADD") ? printed : "", "");
    }

    @Override
    public void close() {
        closed.countDown();
        opened.forEach(CniNetworks::close);
    }
}
