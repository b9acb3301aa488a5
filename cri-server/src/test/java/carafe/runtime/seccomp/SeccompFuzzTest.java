package carafe.runtime.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.testkit.fuzz.Fuzz;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** F10: seccomp profiles; whatever compiles is a program that ends for every system call. */
class SeccompFuzzTest {
    private static final int INSTRUCTION_BYTES = 8;
    private static final Target TARGET = new Target(Arch.X86_64, Set.of("CAP_CHOWN"), 6_018);

    @Test
    void profile() {
        ProfileReader reader = new ProfileReader();
        ProfileCompiler compiler = new ProfileCompiler();
        new Fuzz("seccomp", input -> compile(reader, compiler, input))
                .seed(
                        """
                        {"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,
                        "architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86","SCMP_ARCH_X32"],
                        "syscalls":[{"names":["read","write","clone3"],"action":"SCMP_ACT_ALLOW"},
                        {"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":38,"op":"SCMP_CMP_NE"}]},
                        {"names":["personality"],"action":"SCMP_ACT_ERRNO","errnoRet":1,"args":[
                        {"index":0,"value":4294967295,"valueTwo":8,"op":"SCMP_CMP_MASKED_EQ"}],
                        "includes":{"caps":["CAP_CHOWN"],"minKernel":"4.8"},"excludes":{"arches":["arm64"]}}]}
                        """)
                .seed("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}")
                .words("SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRACE", "SCMP_ACT_LOG", "SCMP_CMP_GE")
                .words(
                        "SCMP_CMP_LT",
                        "18446744073709551615",
                        "-1",
                        "\"index\":6",
                        "\"ioctl\",",
                        "[[[[[")
                .run();
    }

    private static Object compile(ProfileReader reader, ProfileCompiler compiler, byte[] input) {
        byte[] program;
        try {
            program = compiler.compile(reader.read("fuzz", input), TARGET);
        } catch (CarafeException.Invalid e) {
            assertThat(e).hasMessageContaining("seccomp");
            return String.valueOf(e.getMessage()).replaceAll("[0-9]+|\".*|'.*", "");
        }
        assertThat(program.length / INSTRUCTION_BYTES).isBetween(1, BpfAssembler.MAX_INSTRUCTIONS);
        for (int number : new int[] {-1, 0, 1, 41, 135, 435, 0x40000001, Integer.MAX_VALUE}) {
            BpfInterpreter.run(program, Arch.X86_64.audit(), number, 38, -1, 0);
        }
        BpfInterpreter.run(program, 0, 0);
        return program.length;
    }
}
