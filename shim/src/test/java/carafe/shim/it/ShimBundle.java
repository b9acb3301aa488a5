package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A bundle, and the container made of it. Closing kills what still runs. */
final class ShimBundle implements AutoCloseable {
    private static final String CAPABILITIES = "[\"CAP_CHOWN\",\"CAP_KILL\",\"CAP_SETUID\"]";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private boolean terminal;
    private boolean ownPids = true;
    private final List<String> shimFields = new ArrayList<>();
    private Path log;
    private @Nullable String ownConfig;

    private ShimBundle(Path directory) {
        this.directory = directory;
        this.log = directory.resolve("log");
    }

    /**
     * @param files with {@code rootfs} made by {@link Rootfs}
     */
    static ShimBundle in(TestFiles files) throws IOException {
        ShimBundle bundle = new ShimBundle(files.newDirectory());
        for (String name : List.of("rootfs", "upper", "work")) {
            Files.createDirectory(bundle.directory.resolve(name));
        }
        bundle.shimFields.add(
                "\"rootfs\":{\"lower\":[%s],\"upper\":%s,\"work\":%s}"
                        .formatted(
                                quote(files.rootfs().toString()),
                                quote(bundle.directory.resolve("upper").toString()),
                                quote(bundle.directory.resolve("work").toString())));
        return bundle;
    }

    ShimBundle withTerminal() {
        terminal = true;
        return this;
    }

    ShimBundle withHostPids() {
        ownPids = false;
        return this;
    }

    /** Takes this text as config.json; the arguments of create are then ignored. */
    ShimBundle withConfig(String json) {
        ownConfig = json;
        return this;
    }

    /** Adds a member to shim.json, as JSON. */
    ShimBundle with(String field) {
        shimFields.add(field);
        return this;
    }

    ShimBundle logTo(Path file) {
        log = file;
        return this;
    }

    Path path() {
        return directory;
    }

    Path log() {
        return log;
    }

    String logText() throws IOException {
        return Files.readString(log);
    }

    /** Writes the files and runs the program; its result. */
    Message create(String... args) throws IOException {
        write(args);
        Process launcher = launch();
        try (InputStream result = launcher.getInputStream()) {
            byte[] prefix = result.readNBytes(Frames.PREFIX_BYTES);
            assertThat(prefix).as("shim.log: " + shimLog()).hasSize(Frames.PREFIX_BYTES);
            byte[] body = result.readNBytes(Frames.bodyLength(prefix, 0));
            assertThat(result.read()).isEqualTo(-1);
            return Codec.decode(body);
        } catch (WireException e) {
            throw new IOException(e);
        }
    }

    /**
     * The program's result, when whoever started it keeps the pipe open longer: one frame is read.
     */
    static Message resultOf(Process launcher) throws IOException {
        InputStream in = launcher.getInputStream();
        byte[] prefix = in.readNBytes(Frames.PREFIX_BYTES);
        assertThat(prefix).hasSize(Frames.PREFIX_BYTES);
        try {
            return Codec.decode(in.readNBytes(Frames.bodyLength(prefix, 0)));
        } catch (WireException e) {
            throw new IOException(e);
        }
    }

    /** Creates, which must succeed; init's pid. */
    int created(String... args) throws IOException {
        Message result = create(args);
        assertThat(result).isInstanceOf(Reply.Created.class);
        return ((Reply.Created) result).pid();
    }

    /** Creates and starts, which must succeed; init's pid. */
    int started(String... args) throws IOException {
        int pid = created(args);
        assertThat(ask(new Request.Start())).isEqualTo(new Reply.Done());
        return pid;
    }

    /** Creates a container that runs a shell script, and starts it. */
    int runningScript(String script) throws IOException {
        return started("/bin/sh", "-c", script);
    }

    void write(String... args) throws IOException {
        Files.writeString(directory.resolve("config.json"), config(args));
        String shim =
                "{\"version\":1,\"id\":\"it\",\"logPath\":"
                        + quote(log.toString())
                        + shimFields.stream().map(f -> "," + f).collect(Collectors.joining())
                        + "}";
        Files.writeString(directory.resolve("shim.json"), shim);
    }

    /** Runs the program, by another one when that is named. */
    Process launch(String... by) throws IOException {
        List<String> command = new ArrayList<>(List.of(by));
        command.addAll(List.of(Machine.program().toString(), "container"));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectError(directory.resolve("stderr").toFile());
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private String config(String... args) {
        if (ownConfig != null) {
            return ownConfig;
        }
        String own = ownPids ? "{\"type\":\"pid\"}," : "";
        return """
        {"ociVersion":"1.1.0","hostname":"it","root":{"path":"rootfs"},
         "process":{"terminal":%s,"user":{"uid":0,"gid":0},"args":[%s],"cwd":"/",
          "env":["PATH=/bin"],"noNewPrivileges":true,
          "capabilities":{"bounding":%s,"effective":%s,"permitted":%s}},
         "mounts":[{"destination":"/proc","type":"proc","source":"proc"},
          {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["mode=755"]},
          {"destination":"/dev/pts","type":"devpts","source":"devpts",
           "options":["newinstance","ptmxmode=0666","mode=0620"]}],
         "linux":{"namespaces":[%s{"type":"mount"},{"type":"ipc"},{"type":"uts"}]}}
        """
                .formatted(
                        terminal,
                        Arrays.stream(args).map(ShimBundle::quote).collect(Collectors.joining(",")),
                        CAPABILITIES,
                        CAPABILITIES,
                        CAPABILITIES,
                        own);
    }

    Message ask(Message request) throws IOException {
        return ShimClient.ask(directory, request);
    }

    ShimClient connect() throws IOException {
        return ShimClient.connect(directory);
    }

    /** Starts an exec; its client goes on from there. */
    ShimClient exec(ExecOptions options, String... args) throws IOException {
        ShimClient client = connect();
        client.send(options.request(args));
        return client;
    }

    /** An exec without input, to its end. */
    ShimClient.ExecResult run(ExecOptions options, String... args) throws IOException {
        try (ShimClient client = exec(options, args)) {
            return client.finish();
        }
    }

    /** Waits for the container's end and for that of the shim. */
    ExitFile awaitExit() throws IOException {
        long control = controlPid();
        Machine.await("the shim has ended", PATIENCE, () -> !Machine.isAlive(control));
        return exitFile();
    }

    ExitFile exitFile() throws IOException {
        return ExitFile.of(Files.readString(directory.resolve("exit")));
    }

    long controlPid() throws IOException {
        String pids = Files.readString(directory.resolve("pid"));
        return Long.parseLong(pids.substring(0, pids.indexOf(' ')));
    }

    long pumpPid() throws IOException {
        for (long child : Machine.childrenOf(controlPid())) {
            if (Machine.commandOf(child).equals("carafe-pump")) {
                return child;
            }
        }
        throw new AssertionError("no pump");
    }

    String shimLog() throws IOException {
        Path file = directory.resolve("shim.log");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    @Override
    public void close() throws IOException {
        if (!Files.exists(directory.resolve("s"))) {
            return;
        }
        long control = controlPid();
        try {
            ask(new Request.Kill(9, Request.Target.ALL));
        } catch (IOException ended) {
            // It was about to end by itself.
        }
        Machine.await("the shim has ended", PATIENCE, () -> !Machine.isAlive(control));
    }

    static String quote(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
