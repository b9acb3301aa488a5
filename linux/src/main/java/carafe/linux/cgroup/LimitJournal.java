package carafe.linux.cgroup;

import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Writes cgroup files and keeps what stood in them, so that all of it can be taken back. Newest
 * first, so every state on the way back is one that the kernel has accepted before. Used by one
 * thread at a time.
 */
final class LimitJournal implements LimitSink {
    private final CgroupFiles files;
    private final Deque<Before> written = new ArrayDeque<>();

    private record Before(Path file, String text) {}

    LimitJournal(CgroupFiles files) {
        this.files = files;
    }

    @Override
    public void write(Path file, String text) throws SyscallException {
        String before = files.read(file).strip();
        files.write(file, text);
        written.push(new Before(file, before));
    }

    /**
     * Writes back what stood there; doing so again does nothing.
     *
     * @return what could not be taken back, described; empty when all is as it was
     */
    List<String> undo() {
        List<String> left = new ArrayList<>();
        while (!written.isEmpty()) {
            Before each = written.pop();
            try {
                // A write of nothing would not reach the kernel's file; an empty line does.
                files.write(each.file(), each.text().isEmpty() ? "\n" : each.text());
            } catch (SyscallException e) {
                left.add("%s stays changed: %s".formatted(each.file(), e.getMessage()));
            }
        }
        return left;
    }
}
