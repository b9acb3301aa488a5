package carafe.runtime.shim;

import carafe.base.DiskFiles;
import carafe.linux.PidIdentity;
import carafe.linux.Processes;
import carafe.linux.ReadinessLoop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What a test of the client needs: its parts, a bundle, and processes to play shim and init. */
final class ShimFixture implements AutoCloseable {
    private final Path bundle;
    private final ReadinessLoop readiness;
    private final Deadlines deadlines = new Deadlines();

    ShimFixture(Path directory) throws IOException {
        this.bundle = Files.createDirectory(directory.resolve("c0ffee"));
        this.readiness = ReadinessLoop.open();
        readiness.start();
    }

    Path bundle() {
        return bundle;
    }

    ReadinessLoop readiness() {
        return readiness;
    }

    /** Shims that are this shell script. */
    NativeShims shims(String script) throws IOException {
        byte[] program = ("#!/bin/sh\n" + script + "\n").getBytes(StandardCharsets.UTF_8);
        return new NativeShims(
                ShimProgram.of(new ByteArrayInputStream(program)),
                ShimSpawner.none(),
                readiness,
                deadlines,
                new DiskFiles());
    }

    /** A container whose control and init are these processes. */
    ContainerHandle container(PidIdentity control, PidIdentity init) throws IOException {
        Files.writeString(
                bundle.resolve("pid"),
                "%d %d%n%d %d%n"
                        .formatted(
                                control.pid(),
                                control.startTicks(),
                                init.pid(),
                                init.startTicks()));
        return shims("exit 1").findContainer(bundle).orElseThrow();
    }

    /** One whose shim lives, as this very process. */
    ContainerHandle livingContainer() throws IOException {
        return container(new Processes().self(), new Processes().self());
    }

    /** One whose processes have ended. */
    ContainerHandle deadContainer() throws Exception {
        PidIdentity dead = deadProcess();
        return container(dead, dead);
    }

    static PidIdentity deadProcess() throws Exception {
        Process process = sleeper();
        PidIdentity identity = identity(process);
        process.destroyForcibly();
        process.waitFor(5, TimeUnit.SECONDS);
        return identity;
    }

    static Process sleeper() throws IOException {
        return new ProcessBuilder("sleep", "60").start();
    }

    static PidIdentity identity(Process process) {
        return new Processes().identify((int) process.pid()).orElseThrow();
    }

    void writeExit(int code) throws IOException {
        Files.writeString(bundle.resolve("exit"), exitJson(code));
    }

    static String exitJson(int code) {
        return """
        {"version":1,"pid":77,"startTicks":5,"code":%d,"signal":0,"oomKilled":false,
        "startedAtNanos":1,"finishedAtNanos":1700000000000000001,"lostLogBytes":3,
        "startError":""}
        """
                .formatted(code);
    }

    @Override
    public void close() {
        readiness.close();
        deadlines.close();
    }
}
