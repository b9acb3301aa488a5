package carafe.runtime.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SeccompFiltersTest {
    private static final Target PLAIN = new Target(Arch.X86_64, Set.of("CAP_CHOWN"), 6_018);
    private static final Target ADMIN = new Target(Arch.X86_64, Set.of("CAP_SYS_ADMIN"), 6_018);
    private static final int EPERM = 0x00050001;
    private static final int ENOSYS = 0x00050026;
    private static final int ALLOW = 0x7fff0000;

    private final SeccompFilters filters = new SeccompFilters();

    @ParameterizedTest
    @CsvSource({
        "read, allow",
        "clone3, ENOSYS",
        "mount, EPERM",
        "unshare, EPERM",
        "bpf, EPERM",
        "io_uring_setup, EPERM",
        "keyctl, EPERM",
        "add_key, EPERM",
        "kexec_load, EPERM",
        "userfaultfd, EPERM",
        "init_module, EPERM",
        "reboot, EPERM",
        "ptrace, allow",
        "fchmodat2, allow",
        "setns, EPERM",
        "swapon, EPERM",
        "open_by_handle_at, EPERM"
    })
    void theDefaultProfileOfAnOrdinaryContainer(String call, String expected) {
        byte[] filter = filters.runtimeDefault(PLAIN);
        int number = SyscallTable.load(Arch.X86_64).number(call).orElseThrow();

        assertThat(BpfInterpreter.run(filter, Arch.X86_64.audit(), number, 0, 0, 0, 0, 0, 0))
                .isEqualTo(
                        switch (expected) {
                            case "allow" -> ALLOW;
                            case "ENOSYS" -> ENOSYS;
                            case "EPERM" -> EPERM;
                            default -> throw new AssertionError(expected);
                        });
    }

    @Test
    void socketsOfTheKernelsCryptoAndOfHypervisorsAreRefusedAllOthersAllowed() {
        byte[] filter = filters.runtimeDefault(PLAIN);
        int socket = SyscallTable.load(Arch.X86_64).number("socket").orElseThrow();
        for (int family = 0; family < 50; family++) {
            assertThat(BpfInterpreter.run(filter, Arch.X86_64.audit(), socket, family))
                    .as("family %d", family)
                    .isEqualTo(family == 38 || family == 40 ? EPERM : ALLOW);
        }
    }

    @Test
    void newNamespacesNeedTheCapability() {
        int clone = SyscallTable.load(Arch.X86_64).number("clone").orElseThrow();
        long newUser = 0x10000000L;
        long fork = 17;

        byte[] plain = filters.runtimeDefault(PLAIN);
        assertThat(BpfInterpreter.run(plain, Arch.X86_64.audit(), clone, newUser)).isEqualTo(EPERM);
        assertThat(BpfInterpreter.run(plain, Arch.X86_64.audit(), clone, fork)).isEqualTo(ALLOW);
        assertThat(
                        BpfInterpreter.run(
                                filters.runtimeDefault(ADMIN), Arch.X86_64.audit(), clone, newUser))
                .isEqualTo(ALLOW);
    }

    @Test
    void callsNewerThanTheProgramAnswerEnosysAndStrangersAreKilled() {
        byte[] filter = filters.runtimeDefault(PLAIN);
        assertThat(BpfInterpreter.run(filter, Arch.X86_64.audit(), 3_000)).isEqualTo(ENOSYS);
        assertThat(BpfInterpreter.run(filter, Arch.X86_64.audit(), 0x40000000))
                .isEqualTo(0x80000000);
        assertThat(BpfInterpreter.run(filter, Arch.AARCH64.audit(), 0)).isEqualTo(0x80000000);
        int read32 = SyscallTable.load(Arch.I386).number("read").orElseThrow();
        assertThat(BpfInterpreter.run(filter, Arch.I386.audit(), read32)).isEqualTo(ALLOW);
    }

    @Test
    void everyComparisonDecidesAsArithmeticDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int call = SyscallTable.load(Arch.X86_64).number("ioctl").orElseThrow();
        for (int round = 0; round < 3_000; round++) {
            List<Condition.Operator> operators = List.of(Condition.Operator.values());
            Condition.Operator operator = operators.get(random.nextInt(operators.size()));
            long value = edge(random);
            long mask = operator == Condition.Operator.MASKED_EQUAL ? edge(random) : -1L;
            Condition condition = new Condition(random.nextInt(6), operator, value, mask);
            long[] arguments = new long[6];
            arguments[condition.index()] = random.nextInt(3) == 0 ? value : edge(random);
            byte[] filter =
                    new ProfileCompiler()
                            .compile(
                                    new SeccompProfile(
                                            Action.errno(1),
                                            Set.of(),
                                            List.of(
                                                    new SeccompProfile.Rule(
                                                            List.of("ioctl"),
                                                            Action.ALLOW,
                                                            List.of(condition),
                                                            SeccompProfile.Filter.NONE,
                                                            SeccompProfile.Filter.NONE))),
                                    PLAIN);
            assertThat(BpfInterpreter.run(filter, Arch.X86_64.audit(), call, arguments))
                    .as("seed %d: %s on %x", seed, condition, arguments[condition.index()])
                    .isEqualTo(holds(condition, arguments[condition.index()]) ? ALLOW : EPERM);
        }
    }

    private static boolean holds(Condition condition, long argument) {
        int order = Long.compareUnsigned(argument, condition.value());
        return switch (condition.operator()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
            case MASKED_EQUAL -> (argument & condition.mask()) == condition.value();
        };
    }

    private static long edge(Random random) {
        long[] edges = {0, 1, -1, 1L << 31, 1L << 32, (1L << 32) - 1, 1L << 63, 0x7E020000L};
        return random.nextBoolean() ? edges[random.nextInt(edges.length)] : random.nextLong();
    }

    @Test
    void severalConditionsOnOneArgumentAreAlternatives() {
        byte[] filter =
                compile(
                        """
                        {"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["socket"],
                         "action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"SCMP_CMP_EQ"},
                         {"index":0,"value":2,"op":"SCMP_CMP_EQ"}]}]}\
                        """);
        int socket = SyscallTable.load(Arch.X86_64).number("socket").orElseThrow();
        assertThat(BpfInterpreter.run(filter, Arch.X86_64.audit(), socket, 1)).isEqualTo(ALLOW);
        assertThat(BpfInterpreter.run(filter, Arch.X86_64.audit(), socket, 2)).isEqualTo(ALLOW);
        assertThat(BpfInterpreter.run(filter, Arch.X86_64.audit(), socket, 3)).isEqualTo(EPERM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"syscalls\":[]}",
                "{\"defaultAction\":\"SCMP_ACT_MAYBE\"}",
                "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"action\":\"SCMP_ACT_ERRNO\"}]}",
                "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_NOTIFY\"}]}",
                "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":5000}]}",
                "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":6,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]}]}",
                "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_Z80\"]}",
                "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"defaultAction\":\"SCMP_ACT_KILL\"}"
            })
    void aProfileThatCannotBeHonouredWholeIsRefusedByName(String profile) {
        assertThatThrownBy(() -> compile(profile))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("test.json");
    }

    @Test
    void aFilterIsSmallAndFitsTheKernel() {
        for (Arch arch : List.of(Arch.X86_64, Arch.AARCH64)) {
            byte[] filter = filters.runtimeDefault(new Target(arch, Set.of(), 6_018));
            assertThat(filter.length / 8)
                    .as(arch.name().toLowerCase(Locale.ROOT))
                    .isBetween(100, BpfAssembler.MAX_INSTRUCTIONS);
        }
    }

    @Test
    void theSameProfileIsCompiledOnce() {
        assertThat(filters.runtimeDefault(PLAIN)).isEqualTo(filters.runtimeDefault(PLAIN));
    }

    private byte[] compile(String profile) {
        return filters.compile("test.json", profile.getBytes(StandardCharsets.UTF_8), PLAIN);
    }
}
