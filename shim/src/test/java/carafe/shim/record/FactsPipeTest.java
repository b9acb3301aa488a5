package carafe.shim.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.RecordingSyscalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactsPipeTest {
    private static final int PIPE = 77;

    /** What the launcher writes for this bundle. */
    private static byte[] sent(String config, String shim) {
        RecordingSyscalls kernel =
                new RecordingSyscalls()
                        .file("config.json", config.getBytes(UTF_8))
                        .file("shim.json", shim.getBytes(UTF_8));
        Syscalls sys = kernel.syscalls();
        new FactsPipe(sys.files(), sys.memory()).send(PIPE);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        kernel.written(PIPE).forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static FactsPipe.Result received(byte[] bytes) throws SyscallException {
        Syscalls sys = new RecordingSyscalls().file("pipe", bytes).syscalls();
        int fd = sys.files().open(FileCalls.AT_FDCWD, "pipe", 0, 0);
        return new FactsPipe(sys.files(), sys.memory()).receive(fd);
    }

    private static Facts facts(String config, String shim) throws SyscallException {
        FactsPipe.Result result = received(sent(config, shim));
        assertThat(result).isInstanceOf(FactsPipe.Result.Read.class);
        return ((FactsPipe.Result.Read) result).facts();
    }

    private static Reply.Failed refusal(String config, String shim)
            throws SyscallException, WireException {
        FactsPipe.Result result = received(sent(config, shim));
        assertThat(result).isInstanceOf(FactsPipe.Result.Refused.class);
        byte[] frame = ((FactsPipe.Result.Refused) result).failedFrame();
        return (Reply.Failed)
                Codec.decode(frame, Frames.PREFIX_BYTES, frame.length - Frames.PREFIX_BYTES);
    }

    @Test
    void allFactsArrive() throws SyscallException {
        String shim =
                """
                {"version": 1, "id": "x", "logPath": "/var/log/ü/0.log", "logBase": "/var/log",
                 "maxLogLine": 1000, "stdin": true, "stdinOnce": true,
                 "cgroups": {"join": ["/c/pids/tasks"], "unified": "/c/u", "memory": "/c/m",
                             "memoryVersion": 1},
                 "runtime": {"program": "/usr/sbin/runc"}}
                """;

        assertThat(facts("{\"process\": {\"terminal\": true}}", shim))
                .isEqualTo(
                        new Facts(
                                true,
                                true,
                                true,
                                1000,
                                "/var/log/ü/0.log",
                                "/var/log",
                                "/c/u",
                                "/c/u/cgroup.procs",
                                "/c/m",
                                1,
                                false,
                                false,
                                "/usr/sbin/runc"));
    }

    @Test
    void mostMayBeMissing() throws SyscallException {
        assertThat(facts("{}", "{\"version\": 1}"))
                .isEqualTo(
                        new Facts(
                                false, false, false, 16_384, "", "", "", "", "", 2, false, false,
                                ""));
    }

    /** Without a v2 directory the memory cgroup lists the processes, else the first joined one. */
    @Test
    void theProcessListIsFound() throws SyscallException {
        String memory =
                "{\"version\":1,\"cgroups\":{\"memory\":\"/c/m\",\"join\":[\"/c/p/tasks\"]}}";
        String join = "{\"version\":1,\"cgroups\":{\"join\":[\"/c/p/tasks\"]}}";

        assertThat(facts("{}", memory).processList()).isEqualTo("/c/m/cgroup.procs");
        assertThat(facts("{}", join).processList()).isEqualTo("/c/p/cgroup.procs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"version\": 2}",
                "{\"version\": 1, \"maxLogLine\": 1}",
                "{\"version\": 1, \"maxLogLine\": 2000000}",
                "{\"version\": 1, \"logPath\": 7}",
                "{\"version\": 1, \"cgroups\": {\"memoryVersion\": 3}}"
            })
    void aDamagedBundleIsRefusedByName(String shim) throws SyscallException, WireException {
        assertThat(refusal("{}", shim).step()).isEqualTo("bundle.read");
    }

    @Test
    void theFileIsNamed() throws SyscallException, WireException {
        assertThat(refusal("{", "{}").text()).startsWith("config.json: JSON at byte 1");
    }

    @Test
    void pathsThatDoNotFitIntoThePipeAreRefused() throws SyscallException, WireException {
        String shim = "{\"version\":1,\"logPath\":\"" + "x".repeat(60_000) + "\"}";

        assertThat(refusal("{}", shim).text()).contains("too long");
    }

    @Test
    void aLauncherThatDiedIsNoticed() {
        byte[] all = sent("{}", "{\"version\": 1}");
        for (int length = 0; length < all.length; length++) {
            byte[] cut = Arrays.copyOf(all, length);
            assertThatThrownBy(() -> received(cut))
                    .as("cut to " + length)
                    .isInstanceOf(SyscallException.class);
        }
    }
}
