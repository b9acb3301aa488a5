package carafe.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.linux.fs.FileCalls;
import carafe.runtime.port.Selinux.Contexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSelinuxTest {
    @TempDir private Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private KernelSelinux selinux() {
        return new KernelSelinux(root, FileCalls.linux());
    }

    @Test
    void thePolicysOwnFilesSayWhatContainersGet() throws IOException {
        write("sys/fs/selinux/enforce", "1");
        write("etc/selinux/config", "# comment\nSELINUX=enforcing\nSELINUXTYPE=targeted\n");
        write(
                "etc/selinux/targeted/contexts/lxc_contexts",
                "process = \"u:r:container_t:s0\"\nfile = \"u:object_r:container_file_t:s0\"\n");
        assertThat(selinux().contexts())
                .contains(new Contexts("u:r:container_t:s0", "u:object_r:container_file_t:s0"));
    }

    @Test
    void aNodeWithoutContainersPolicySaysWhatIsMissing() throws IOException {
        write("sys/fs/selinux/enforce", "1");
        write("etc/selinux/config", "SELINUXTYPE=targeted\n");
        assertThatThrownBy(() -> selinux().contexts())
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining("lxc_contexts")
                .hasMessageContaining("container-selinux");
    }

    @Test
    void aKernelWithoutItHasNone() {
        assertThat(selinux().contexts()).isEmpty();
    }

    @Test
    void theKernelIsAskedWhetherItHasAContext() throws IOException {
        assertThat(selinux().isValid("u:r:t:s0")).isFalse();
        write("sys/fs/selinux/context", "");
        assertThat(selinux().isValid("u:r:t:s0")).isTrue();
        assertThat(root.resolve("sys/fs/selinux/context")).hasContent("u:r:t:s0\0");
    }
}
