package carafe.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.CgroupLimits;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CpuLimits;
import carafe.linux.cgroup.MemoryLimits;
import carafe.linux.dbus.DbusVariant;
import carafe.linux.systemd.ScopeName;
import carafe.linux.systemd.SliceName;
import carafe.linux.systemd.SystemdUnits;
import carafe.testkit.systemd.ScriptedSystemd;
import carafe.testkit.systemd.ScriptedSystemd.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What systemd is asked for, and what follows from each of its answers. */
class SystemdUnitsTest {
    private static final SliceName SLICE = new SliceName("kubepods-burstable-podx.slice");
    private static final ScopeName SCOPE = new ScopeName("carafe-ab.scope");
    private static final CgroupPath WHERE =
            CgroupPath.of(
                    "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podx.slice/"
                            + SCOPE);

    @TempDir private Path dir;
    private ScriptedSystemd systemd;
    private SystemdUnits units;

    @BeforeEach
    void start() throws IOException {
        systemd = new ScriptedSystemd(dir.resolve("bus"), ScriptedSystemd.World.NOWHERE);
        units = units(Duration.ofSeconds(30), CgroupLayout.Kind.V2);
    }

    @AfterEach
    void end() throws IOException {
        systemd.close();
    }

    private SystemdUnits units(Duration deadline, CgroupLayout.Kind kind) {
        return new SystemdUnits(systemd.path(), deadline, kind);
    }

    private CgroupPath startScope() {
        return units.start(new SystemdUnits.ScopeRequest(SCOPE, SLICE, "Carafe pod", 4242));
    }

    @Test
    void aScopeIsStartedWithTheseProperties() {
        assertThat(startScope()).isEqualTo(WHERE);
        ScriptedSystemd.Call call = systemd.calls().getFirst();
        assertThat(call.member()).isEqualTo("StartTransientUnit");
        assertThat(call.body().get(0)).isEqualTo("carafe-ab.scope");
        assertThat(call.body().get(1)).isEqualTo("fail");
        assertThat(call.body().get(3)).isEqualTo(List.of());
        assertThat(properties(call.body().get(2)))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "Description", "Carafe pod",
                                "Slice", SLICE.value(),
                                "PIDs", List.of(4242L),
                                "Delegate", true,
                                "DefaultDependencies", false,
                                "CollectMode", "inactive-or-failed",
                                "CPUAccounting", true,
                                "MemoryAccounting", true,
                                "TasksAccounting", true,
                                "IOAccounting", true));
    }

    @Test
    void aScopeIsStoppedAndForgottenOnceOrTwice() {
        startScope();
        units.stop(SCOPE);
        assertThat(systemd.scopes()).isEmpty();
        units.stop(SCOPE);
        assertThat(systemd.calls())
                .extracting(ScriptedSystemd.Call::member)
                .containsExactly(
                        "StartTransientUnit",
                        "StopUnit",
                        "ResetFailedUnit",
                        "StopUnit",
                        "ResetFailedUnit");
    }

    @Test
    void aScopeThatIsThereIsJoined() {
        startScope();
        SystemdUnits.ScopeRequest again =
                new SystemdUnits.ScopeRequest(SCOPE, SLICE, "Carafe pod", 4343);
        assertThatThrownBy(() -> units.start(again)).isInstanceOf(CarafeException.Exists.class);
        assertThat(units.join(again)).isEqualTo(WHERE);
        assertThat(systemd.calls().getLast())
                .isEqualTo(
                        new ScriptedSystemd.Call(
                                "AttachProcessesToUnit",
                                List.of("carafe-ab.scope", "/", List.of(4343L))));
    }

    @ParameterizedTest
    @CsvSource({
        "V2, CPUWeight, 59, MemoryMax",
        "HYBRID, CPUShares, 512, MemoryLimit",
        "V1, CPUShares, 512, MemoryLimit"
    })
    void limitsAreSetByTheirNameInThatVersion(
            CgroupLayout.Kind kind, String weightName, long weight, String memoryName) {
        CgroupLimits limits =
                CgroupLimits.none()
                        .withCpu(new CpuLimits(512, 33_333, 100_000))
                        .withMemory(new MemoryLimits(64 << 20, 96 << 20))
                        .withPids(-1);
        units(Duration.ofSeconds(30), kind).limit(SCOPE, limits);
        ScriptedSystemd.Call call = systemd.calls().getFirst();
        assertThat(call.member()).isEqualTo("SetUnitProperties");
        assertThat(call.body().get(1)).as("until the next boot").isEqualTo(true);
        Map<String, Object> set = properties(call.body().get(2));
        assertThat(set)
                .containsEntry(weightName, weight)
                .containsEntry("CPUQuotaPerSecUSec", 340_000L)
                .containsEntry("CPUQuotaPeriodUSec", 100_000L)
                .containsEntry(memoryName, 64L << 20)
                .containsEntry("TasksMax", -1L);
        assertThat(set.getOrDefault("MemorySwapMax", 32L << 20)).isEqualTo(32L << 20);
    }

    @Test
    void noLimitIsNoCall() {
        units.limit(SCOPE, CgroupLimits.none());
        assertThat(systemd.calls()).isEmpty();
    }

    @Test
    void aJobThatFailsIsToldWithItsResult() {
        systemd.jobsEnd("failed");
        assertThatThrownBy(this::startScope)
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("failed")
                .hasMessageContaining("carafe-ab.scope");
    }

    @Test
    void aRefusalIsToldInSystemdsWords() {
        systemd.fail(
                "StartTransientUnit",
                new Fault.Refusal("org.freedesktop.DBus.Error.AccessDenied", "not you"));
        assertThatThrownBy(this::startScope)
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("not you")
                .hasMessageContaining("AccessDenied");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Hello", "AddMatch", "Subscribe", "StartTransientUnit", "GetUnit", "Get"})
    void whoDoesNotAnswerIsGivenUpInTime(String member) {
        systemd.fail(member, new Fault.Silence());
        units = units(Duration.ofMillis(300), CgroupLayout.Kind.V2);
        assertThatThrownBy(this::startScope)
                .isInstanceOf(CarafeException.Deadline.class)
                .hasMessageContaining("300 ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hello", "StartTransientUnit", "Get"})
    void garbageAndHangingUpAreErrorsOfTheBus(String member) {
        for (String garbage :
                List.of(
                        HexFormat.of()
                                .formatHex(
                                        "HTTP/1.1 200 OK\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII)),
                        "6c020001ffffff7f0100000000000000",
                        "00".repeat(64))) {
            systemd.scopesEnd();
            systemd.fail(member, new Fault.Garbage(garbage));
            assertThatThrownBy(this::startScope)
                    .isInstanceOf(CarafeException.Internal.class)
                    .hasMessageContaining("bus");
        }
        systemd.scopesEnd();
        systemd.fail(member, new Fault.HangUp());
        assertThatThrownBy(this::startScope)
                .isInstanceOf(CarafeException.class)
                .hasMessageContaining("bus");
    }

    @Test
    void noBusAtAllSaysWhatToDo() throws IOException {
        systemd.close();
        assertThatThrownBy(units::version)
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageContaining("cgroup.driver");
    }

    @Test
    void theVersionIsAsked() {
        assertThat(units.version()).isEqualTo("257.7-1");
    }

    @ParameterizedTest
    @CsvSource({
        "a.slice, /a.slice",
        "/a.slice, /a.slice",
        "a-b-c.slice, /a.slice/a-b.slice/a-b-c.slice",
        "/a.slice/a-b.slice, /a.slice/a-b.slice",
        "/kubepods/burstable/pod1-2, /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice"
    })
    void aParentIsASlice(String parent, String path) {
        assertThat(SliceName.of(parent).path().value()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "..",
                "/a/../b",
                "-.slice",
                "a--b.slice",
                "-a.slice",
                "a-.slice",
                "/b.slice/a.slice",
                "/a.slice/",
                "a.slice/x",
                "a\\x2db.slice",
                "a b.slice",
                "a.slice\nMemoryMax=infinity",
                "a@b.slice",
                ".slice"
            })
    void hostileParentsAreRefused(String parent) {
        assertThatThrownBy(() -> SliceName.of(parent)).isInstanceOf(CarafeException.Invalid.class);
    }

    private static Map<String, Object> properties(Object list) {
        return ((List<?>) list)
                .stream()
                        .map(each -> (List<?>) each)
                        .collect(
                                Collectors.toMap(
                                        each -> (String) each.get(0),
                                        each -> ((DbusVariant) each.get(1)).value()));
    }
}
