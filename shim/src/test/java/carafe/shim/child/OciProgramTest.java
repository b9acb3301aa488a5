package carafe.shim.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.spec.ProgramSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.RecordingSyscalls;
import carafe.shim.sys.SyscallException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class OciProgramTest {
    private static final int CHILD = 70;
    private static final int FIRST_ENTRY = 6;
    private static final int SECOND_ENTRY = 14;

    private final List<String> arguments = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();

    @Test
    void theProgramIsToldWhereItsStateAndItsLogAre() throws Exception {
        RecordingSyscalls kernel = kernel(FIRST_ENTRY, 0);
        run(kernel);

        assertThat(arguments)
                .containsExactly(
                        "/usr/sbin/runc",
                        "/usr/sbin/runc",
                        "--root",
                        "//runtime",
                        "--log",
                        "//.runtime.0.log",
                        "--log-format",
                        "json",
                        "create",
                        "--pid-file",
                        "p",
                        "c0ffee",
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "LC_ALL=C");
        assertThat(kernel.open()).as("the descriptor of SIGTERM stays").containsOnly(0, 1, 2, 3);
    }

    @Test
    void itsLastErrorIsTheReasonInOneLine() {
        String log =
                """
                {"level":"info","msg":"fine"}
                {"level":"error","msg":"first"}
                {"level":"error","msg":"no \\"such\\"\\nprogram"}
                {"level":"warning","msg":"later"}
                """;
        RecordingSyscalls kernel =
                kernel(FIRST_ENTRY, 1 << 8)
                        .file(".runtime.0.log", log.getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> run(kernel))
                .isInstanceOf(RefusedException.class)
                .hasMessage("runc create: no \"such\" program");
    }

    @Test
    void withoutWordsItsEndIsDescribed() {
        assertThatThrownBy(() -> run(kernel(FIRST_ENTRY, 3 << 8)))
                .hasMessage("runc create: it ended with code 3 and said nothing");
        assertThatThrownBy(() -> run(kernel(FIRST_ENTRY, 9)))
                .hasMessage("runc create: it was ended by signal 9");
    }

    @Test
    void aTalkativeProgramIsCut() {
        String log = "{\"level\":\"error\",\"msg\":\"" + "x".repeat(20_000) + "\"}\n";
        RecordingSyscalls kernel =
                kernel(FIRST_ENTRY, 1 << 8)
                        .file(".runtime.0.log", log.getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> run(kernel))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000).endsWith("..."));
    }

    @Test
    void atItsDeadlineItIsKilled() {
        RecordingSyscalls kernel = kernel(0, 0);
        kernel.answer(
                "poll",
                _ -> {
                    clock.addAndGet(2_000_000_000L);
                    return 0;
                });

        assertThatThrownBy(() -> run(kernel))
                .isInstanceOf(SyscallException.class)
                .hasMessage("runc create within 1000 ms: timed out");
        assertThat(kernel.calls()).contains("signalChild[70, 9]");
    }

    @Test
    void whoeverIsNotWaitedForAnyMoreIsKilled() {
        RecordingSyscalls kernel = kernel(SECOND_ENTRY, 0);

        assertThatThrownBy(() -> run(kernel)).hasMessageContaining("nobody waits");
        assertThat(kernel.calls()).contains("signalChild[70, 9]");
    }

    @Test
    void whateverFailsLeavesNeitherADescriptorNorTheProgram() {
        int n = 1;
        while (true) {
            RecordingSyscalls kernel = kernel(FIRST_ENTRY, 0).failAt(n++, Errno.EMFILE);
            try {
                run(kernel);
                if (!kernel.hasFailed()) {
                    break;
                }
            } catch (SyscallException | RefusedException e) {
                List<String> names = kernel.names();
                assertThat(kernel.open()).as(names.toString()).isSubsetOf(0, 1, 2, 3);
                if (names.contains("openPidfd") && !names.contains("wait")) {
                    assertThat(kernel.calls()).contains("signalChild[70, 9]");
                }
            }
        }
        assertThat(n).isGreaterThan(8);
    }

    private static void run(RecordingSyscalls kernel) throws SyscallException, RefusedException {
        ProgramSpec spec = new ProgramSpec("c0ffee", "/usr/sbin/runc", List.of());
        OciProgram.prepare(kernel.syscalls(), new Progress(), spec)
                .run("create", List.of("--pid-file", "p"), 1000);
    }

    /**
     * @param event offset in poll's entries where something has happened
     */
    private RecordingSyscalls kernel(int event, int waitStatus) {
        return new RecordingSyscalls()
                .answer("fork", _ -> CHILD)
                .answer("nanos", _ -> clock.get())
                .answer(
                        "strings",
                        given -> {
                            for (byte[] each : (byte[][]) given[0]) {
                                arguments.add(new String(each, StandardCharsets.UTF_8));
                            }
                            return null;
                        })
                .answer(
                        "poll",
                        given -> {
                            ((Buffer) given[0]).putShort(event, 1);
                            return 1;
                        })
                .answer(
                        "wait",
                        given -> {
                            ((Buffer) given[1]).putInt(0, waitStatus);
                            return CHILD;
                        });
    }
}
