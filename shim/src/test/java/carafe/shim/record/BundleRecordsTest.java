package carafe.shim.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.sys.Errno;
import carafe.shim.sys.RecordingSyscalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.wire.Reply;
import org.junit.jupiter.api.Test;

class BundleRecordsTest {
    private static final ExitRecord EXIT =
            new ExitRecord(
                    42, 99, 5, new Reply.Exited(137, 9, true, 7), 2, 11, "exec: \"a\\b\"\n\u0001ü");

    private final RecordingSyscalls kernel = new RecordingSyscalls();

    private BundleRecords records() {
        return new BundleRecords(kernel.syscalls().files());
    }

    private String written() {
        StringBuilder text = new StringBuilder();
        kernel.written(3).forEach(bytes -> text.append(new String(bytes, UTF_8)));
        return text.toString();
    }

    @Test
    void theExitRecordIsJson() throws SyscallException, JsonException {
        records().write(EXIT);

        Json json = Json.parse(written().getBytes(UTF_8));
        assertThat(json.get("version").integer(1, 1)).isEqualTo(1);
        assertThat(json.get("pid").integer(0, 99)).isEqualTo(42);
        assertThat(json.get("startTicks").integer(0, 99)).isEqualTo(99);
        assertThat(json.get("code").integer(0, 255)).isEqualTo(137);
        assertThat(json.get("signal").integer(0, 64)).isEqualTo(9);
        assertThat(json.get("oomKilled").isTrue()).isTrue();
        assertThat(json.get("oomKills").integer(0, 99)).isEqualTo(2);
        assertThat(json.get("startedAtNanos").integer(0, 99)).isEqualTo(5);
        assertThat(json.get("finishedAtNanos").integer(0, 99)).isEqualTo(7);
        assertThat(json.get("lostLogBytes").integer(0, 99)).isEqualTo(11);
        assertThat(json.get("startError").string()).isEqualTo(EXIT.startError());
    }

    @Test
    void itIsThereWhollyOrNotAtAll() throws SyscallException {
        records().write(EXIT);

        assertThat(kernel.names()).containsExactly("open", "write", "close", "rename");
        assertThat(kernel.calls().getLast()).contains(".exit.tmp", "exit");
    }

    @Test
    void aWriteThatFailsLeavesTheOldRecord() {
        kernel.answer("write", _ -> -Errno.ENOSPC);

        assertThatThrownBy(() -> records().write(EXIT))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("no space left");
        assertThat(kernel.names()).doesNotContain("rename");
        assertThat(kernel.open()).containsExactly(0, 1, 2);
    }

    @Test
    void pidsAreTwoLines() throws SyscallException {
        records().writePids(10, 1000, 11, 1001);

        assertThat(written()).isEqualTo("10 1000\n11 1001\n");
    }

    @Test
    void theOwnLogHasAnEnd() {
        kernel.file("shim.log", new byte[64 << 10]);
        new OwnLog(kernel.syscalls().files(), "pump").say("too much");

        assertThat(kernel.names()).doesNotContain("write");
        assertThat(kernel.open()).containsExactly(0, 1, 2);
    }

    @Test
    void theOwnLogNamesWhoSpeaks() {
        kernel.file("shim.log", new byte[0]);
        new OwnLog(kernel.syscalls().files(), "pump").say("disk is full");

        assertThat(written()).isEqualTo("pump: disk is full\n");
    }

    @Test
    void theOwnLogNeverFails() {
        kernel.failAt(1, Errno.EROFS);

        new OwnLog(kernel.syscalls().files(), "pump").say("nobody hears");

        assertThat(kernel.names()).containsExactly("open");
    }
}
