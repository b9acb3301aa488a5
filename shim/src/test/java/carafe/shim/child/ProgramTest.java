package carafe.shim.child;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.json.Json;
import carafe.shim.spec.ProcessSpec;
import carafe.shim.sys.Errno;
import carafe.shim.sys.RecordingSyscalls;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class ProgramTest {
    private final RecordingSyscalls kernel = new RecordingSyscalls();
    private final Queue<Integer> results = new ArrayDeque<>();

    private Program program(String name, String... env) throws Exception {
        ProcessSpec empty = ProcessSpec.of(Json.parse("{}".getBytes(UTF_8)));
        byte[][] environment = new byte[env.length][];
        for (int i = 0; i < env.length; i++) {
            environment[i] = env[i].getBytes(UTF_8);
        }
        byte[][] args = {name.getBytes(UTF_8)};
        kernel.answer("exec", _ -> results.remove());
        return new Program(
                kernel.syscalls().processes(), empty.running(args, environment, new byte[] {'/'}));
    }

    private long tried() {
        return kernel.names().stream().filter("exec"::equals).count();
    }

    @Test
    void aNameIsTriedInEachDirectoryOfPath() throws Exception {
        results.addAll(List.of(-Errno.ENOENT, -Errno.ENOTDIR, -Errno.ENOENT));
        Program program = program("x", "A=b", "PATH=/a::rel:/b:/c");
        int errno = program.execute();
        assertThat(tried()).isEqualTo(3);
        assertThat(program.explain(errno)).isEqualTo("exec: x: not found in $PATH");
    }

    @Test
    void aDeniedOneIsRememberedWhileOthersAreTried() throws Exception {
        results.addAll(List.of(-Errno.EACCES, -Errno.ENOENT));
        Program program = program("x", "PATH=/a:/b");
        assertThat(program.explain(program.execute())).isEqualTo("exec: x: permission denied");
    }

    @Test
    void anyOtherErrorEndsTheSearch() throws Exception {
        results.addAll(List.of(-Errno.ENOEXEC, -Errno.ENOENT));
        Program program = program("x", "PATH=/a:/b");
        assertThat(program.explain(program.execute())).isEqualTo("exec: x: exec format error");
        assertThat(tried()).isOne();
    }

    @Test
    void aNameWithASlashIsNotSearched() throws Exception {
        results.add(-Errno.ENOENT);
        Program program = program("./x", "PATH=/a:/b");
        assertThat(program.explain(program.execute()))
                .isEqualTo("exec: ./x: no such file or directory");
        assertThat(tried()).isOne();
    }

    @Test
    void withoutAPathTheUsualOneIsTaken() throws Exception {
        for (int i = 0; i < 6; i++) {
            results.add(-Errno.ENOENT);
        }
        assertThat(program("x").execute()).isEqualTo(Errno.ENOENT);
        assertThat(tried()).isEqualTo(6);
    }

    @Test
    void noCommandIsRefused() {
        assertThatThrownBy(() -> program("")).hasMessage("no command was given");
    }
}
