package carafe.linux.cgroup;

import carafe.linux.Errno;
import carafe.linux.KernelFiles;
import carafe.linux.SyscallException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@link CgroupFiles} on the running kernel. Stateless. */
final class LinuxCgroupFiles implements CgroupFiles {
    @Override
    public String read(Path file) throws SyscallException {
        return KernelFiles.read(file);
    }

    @Override
    public void write(Path file, String text) throws SyscallException {
        KernelFiles.write(file, text);
    }

    @Override
    public void writeEach(Path file, List<String> texts) throws SyscallException {
        KernelFiles.writeEach(file, texts);
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void makeDirectory(Path directory) throws SyscallException {
        KernelFiles.makeDirectory(directory);
    }

    @Override
    public void removeDirectory(Path directory) throws SyscallException {
        KernelFiles.removeDirectory(directory);
    }

    @Override
    public List<Path> directories(Path directory) throws SyscallException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(entry);
                }
            }
        } catch (NoSuchFileException e) {
            throw new SyscallException("opendir", directory.toString(), Errno.ENOENT);
        } catch (IOException | DirectoryIteratorException e) {
            // A cgroup that is removed while it is listed answers ENODEV or ENOENT.
            throw new SyscallException(
                    "readdir",
                    directory.toString(),
                    Files.exists(directory) ? Errno.EIO : Errno.ENOENT);
        }
        return found;
    }
}
