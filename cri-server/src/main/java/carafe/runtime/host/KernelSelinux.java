package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.TreeLabel;
import carafe.runtime.port.Selinux;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * SELinux as selinuxfs and the policy's own files have it. The policy says in {@code
 * /etc/selinux/NAME/contexts/lxc_contexts} what containers get. Thread-safe.
 */
public final class KernelSelinux implements Selinux {
    private final Path root;
    private final FileCalls calls;

    /**
     * @param root where {@code sys} and {@code etc} are, {@code /}
     */
    public KernelSelinux(Path root, FileCalls calls) {
        this.root = root;
        this.calls = calls;
    }

    @Override
    public Optional<Contexts> contexts() {
        if (!Files.exists(root.resolve("sys/fs/selinux/enforce"))) {
            return Optional.empty();
        }
        String policy = value(root.resolve("etc/selinux/config"), "SELINUXTYPE");
        Path contexts =
                root.resolve("etc/selinux").resolve(policy).resolve("contexts/lxc_contexts");
        return Optional.of(new Contexts(value(contexts, "process"), value(contexts, "file")));
    }

    /** The value of a line {@code NAME=value}, quotes taken off. */
    private static String value(Path file, String name) {
        try {
            List<String> lines = Files.readAllLines(file);
            for (String line : lines) {
                int equals = line.indexOf('=');
                if (equals > 0 && line.substring(0, equals).strip().equals(name)) {
                    return line.substring(equals + 1).strip().replace("\"", "");
                }
            }
            throw new CarafeException.Precondition(
                    "%s has no %s, so SELinux labels of containers cannot be made up"
                            .formatted(file, name));
        } catch (IOException e) {
            throw new CarafeException.Precondition(
                    "SELinux is on, but what containers get by its policy cannot be read: %s"
                                    .formatted(e)
                            + " (is container-selinux installed?)",
                    e);
        }
    }

    @Override
    public boolean isValid(String context) {
        Path check = root.resolve("sys/fs/selinux/context");
        try {
            Files.write(check, (context + "\0").getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (IOException e) {
            // The kernel answers EINVAL for what its policy does not have.
            return false;
        }
    }

    @Override
    public void relabel(String path, String context) {
        try {
            TreeLabel.set(calls, Path.of(path).toRealPath(), context);
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "give %s the SELinux label %s: %s".formatted(path, context, e.getMessage()), e);
        }
    }
}
