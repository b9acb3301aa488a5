package carafe.linux.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProjectQuotaTest {
    private static final int XGETQSTAT = 0x5805 << 8 | 2;
    private static final int GETQUOTA = 0x800007 << 8 | 2;
    private static final int SETQUOTA = 0x800008 << 8 | 2;
    private static final int XSETQLIM = 0x5804 << 8 | 2;

    private final Kernel kernel = new Kernel();
    private final ProjectQuota quota = new ProjectQuota(kernel);

    /** Answers with bytes or errors, and writes down what it was asked. */
    private static final class Kernel implements QuotaCalls {
        private final List<String> asked = new ArrayList<>();
        private final List<ByteBuffer> arguments = new ArrayList<>();
        private final Map<Integer, Integer> errors = new HashMap<>();
        private final Map<Integer, byte[]> answers = new HashMap<>();
        private final byte[] attributes = new byte[28];

        @Override
        public void ioctl(int fd, long request, byte[] argument) {
            boolean reads = request == 0x801c581fL;
            asked.add((reads ? "get " : "set ") + fd);
            System.arraycopy(
                    reads ? attributes : argument, 0, reads ? argument : attributes, 0, 28);
        }

        @Override
        public void quotactl(int fd, int command, int id, byte[] argument) throws SyscallException {
            asked.add("%x %d %s".formatted(command, fd, Integer.toUnsignedString(id)));
            arguments.add(ByteBuffer.wrap(argument.clone()).order(ByteOrder.nativeOrder()));
            Integer error = errors.get(command);
            if (error != null) {
                throw new SyscallException("quotactl", "", error);
            }
            byte[] answer = answers.get(command);
            if (answer != null) {
                System.arraycopy(answer, 0, argument, 0, answer.length);
            }
        }
    }

    private static ByteBuffer view(byte[] structure) {
        return ByteBuffer.wrap(structure).order(ByteOrder.nativeOrder());
    }

    private ProjectQuota.State stateOf(int flags) throws SyscallException {
        byte[] state = new byte[8];
        view(state).putShort(2, (short) flags);
        kernel.answers.put(XGETQSTAT, state);
        return quota.state(5);
    }

    @Test
    void aFileSystemCountsOrLimitsProjectsOrNeither() throws Exception {
        assertThat(stateOf(0x30)).isEqualTo(ProjectQuota.State.LIMITED);
        assertThat(stateOf(0x10)).isEqualTo(ProjectQuota.State.COUNTED);
        assertThat(stateOf(0x0f)).as("users and groups only").isEqualTo(ProjectQuota.State.NONE);
        assertThat(kernel.asked).containsOnly("580502 5 0");
        for (int none : List.of(Errno.ENOSYS, Errno.ESRCH, Errno.EINVAL, Errno.EOPNOTSUPP)) {
            kernel.errors.put(XGETQSTAT, none);
            assertThat(quota.state(5)).isEqualTo(ProjectQuota.State.NONE);
        }
        kernel.errors.put(XGETQSTAT, Errno.EPERM);
        assertThatThrownBy(() -> quota.state(5)).isInstanceOf(SyscallException.class);
    }

    @Test
    void aDirectoryKeepsItsOtherFlags() throws Exception {
        view(kernel.attributes).putInt(0, 0x40);
        quota.assign(7, 0x43000001);
        ByteBuffer now = view(kernel.attributes);
        assertThat(now.getInt(0)).as("nodump, and inherit").isEqualTo(0x240);
        assertThat(now.getInt(12)).isEqualTo(0x43000001);
        assertThat(quota.project(7)).isEqualTo(0x43000001);
        assertThat(kernel.asked).containsExactly("get 7", "set 7", "get 7");
    }

    @Test
    void limitsAreInBlocksRoundedUp() throws Exception {
        quota.limit(7, 0x43000001, 10_000);
        assertThat(kernel.asked).containsExactly("80000802 7 1124073473");
        ByteBuffer limit = kernel.arguments.getFirst();
        assertThat(limit.capacity()).isEqualTo(72);
        assertThat(limit.getLong(0)).as("hard, KiB").isEqualTo(10);
        assertThat(limit.getLong(8)).as("soft").isEqualTo(10);
        assertThat(limit.getInt(64)).as("only these are set").isEqualTo(1);
    }

    @Test
    void whoDoesNotKnowTheCommonCommandIsAskedByTheOneOfXfs() throws Exception {
        kernel.errors.put(SETQUOTA, Errno.ENOSYS);
        quota.limit(7, 3, 10_000);
        assertThat(kernel.asked.getLast()).isEqualTo("%x 7 3".formatted(XSETQLIM));
        ByteBuffer limit = kernel.arguments.getLast();
        assertThat(limit.capacity()).isEqualTo(112);
        assertThat(limit.get(0)).as("version").isEqualTo((byte) 1);
        assertThat(limit.get(1)).as("project").isEqualTo((byte) 2);
        assertThat(limit.getShort(2)).as("soft and hard").isEqualTo((short) 0xc);
        assertThat(limit.getInt(4)).isEqualTo(3);
        assertThat(limit.getLong(8)).as("hard, of 512").isEqualTo(20);
        assertThat(limit.getLong(16)).as("soft").isEqualTo(20);
        kernel.errors.put(SETQUOTA, Errno.EIO);
        assertThatThrownBy(() -> quota.limit(7, 3, 1)).isInstanceOf(SyscallException.class);
    }

    @Test
    void whatAProjectTakesIsBytesAndInodes() throws Exception {
        byte[] counted = new byte[72];
        view(counted).putLong(16, 123_456).putLong(40, 17);
        kernel.answers.put(GETQUOTA, counted);
        assertThat(quota.taken(7, 3)).isEqualTo(new ProjectQuota.Taken(123_456, 17));
        kernel.errors.put(GETQUOTA, Errno.ENOENT);
        assertThat(quota.taken(7, 3)).isEqualTo(new ProjectQuota.Taken(0, 0));
    }
}
