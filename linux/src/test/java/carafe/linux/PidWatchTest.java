package carafe.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PidWatchTest {
    private final Processes processes = new Processes();
    private final List<Process> started = new ArrayList<>();
    private ReadinessLoop loop;
    private PidWatch watch;

    @BeforeEach
    void setUp() throws Exception {
        loop = ReadinessLoop.open();
        loop.start();
        watch = new PidWatch(loop, processes);
    }

    @AfterEach
    void tearDown() {
        started.forEach(Process::destroyForcibly);
        loop.close();
    }

    private Process sleeper() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        started.add(process);
        return process;
    }

    private PidIdentity identity(Process process) {
        return processes.identify((int) process.pid()).orElseThrow();
    }

    @Test
    void anEndIsTold() throws Exception {
        Process process = sleeper();
        CountDownLatch told = new CountDownLatch(1);
        watch.onExit(identity(process), told::countDown);
        assertThat(told.getCount()).isEqualTo(1);
        process.destroyForcibly();
        assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(loop.size()).isZero();
    }

    @Test
    void anEndThatWasMissedIsToldAtOnce() throws Exception {
        Process process = sleeper();
        PidIdentity identity = identity(process);
        process.destroyForcibly().waitFor();
        CountDownLatch told = new CountDownLatch(1);
        watch.onExit(identity, told::countDown);
        assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aPidThatPassedToAnotherProcessHasEnded() throws Exception {
        PidIdentity self = processes.self();
        CountDownLatch told = new CountDownLatch(1);
        watch.onExit(new PidIdentity(self.pid(), self.startTicks() + 1), told::countDown);
        assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(loop.size()).isZero();
    }

    @Test
    void manyEndsAreToldOnceEach() throws Exception {
        int count = 30;
        CountDownLatch told = new CountDownLatch(count);
        AtomicInteger calls = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            watch.onExit(
                    identity(sleeper()),
                    () -> {
                        calls.incrementAndGet();
                        told.countDown();
                    });
        }
        started.forEach(Process::destroyForcibly);
        assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(calls).hasValue(count);
        assertThat(loop.size()).isZero();
    }

    @Test
    void aClosedWatchSaysNothing() throws Exception {
        Process process = sleeper();
        AtomicInteger calls = new AtomicInteger();
        PidWatch.Watched watched = watch.onExit(identity(process), calls::incrementAndGet);
        CountDownLatch later = new CountDownLatch(1);
        watch.onExit(identity(process), later::countDown);
        watched.close();
        watched.close();
        process.destroyForcibly();
        assertThat(later.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(calls).hasValue(0);
    }

    @Test
    void aSignalReachesThatProcessAndNoOther() throws Exception {
        Process process = sleeper();
        PidIdentity identity = identity(process);
        try (Pidfd pidfd = Pidfd.open(identity, processes).orElseThrow()) {
            assertThat(pidfd.send(0)).isTrue();
            assertThat(pidfd.send(9)).isTrue();
            assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(pidfd.send(9)).isFalse();
            assertThatThrownBy(() -> pidfd.send(65)).isInstanceOf(IllegalArgumentException.class);
        }
        PidIdentity self = processes.self();
        assertThat(Pidfd.open(new PidIdentity(self.pid(), self.startTicks() + 1), processes))
                .isEmpty();
    }

    @Test
    void aPipeIsWaitedForWithoutAThread() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            assertThatThrownBy(() -> pipe.reader().read(10))
                    .isInstanceOfSatisfying(
                            SyscallException.class, e -> assertThat(e.is(Errno.EAGAIN)).isTrue());
            CountDownLatch readable = new CountDownLatch(1);
            loop.onReadable(pipe.reader(), readable::countDown);
            pipe.writer().write(new byte[] {1, 2, 3});
            assertThat(readable.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(pipe.reader().read(10)).containsExactly(1, 2, 3);
            CountDownLatch atEnd = new CountDownLatch(1);
            loop.onReadable(pipe.reader(), atEnd::countDown);
            pipe.writer().close();
            assertThat(atEnd.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(pipe.reader().read(10)).isEmpty();
        }
    }

    @Test
    void aClosedLoopEndsItsThread() throws Exception {
        ReadinessLoop other = ReadinessLoop.open();
        other.start();
        other.close();
        other.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().equals("readiness"))
                .hasSize(1);
    }
}
