package carafe.image.unpack;

import carafe.linux.SyscallException;
import carafe.linux.fs.DirEntries;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.OpenFlags;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A directory tree as text, one line per entry, to compare trees with everything that is in them.
 */
final class TreeListing {
    private static final OpenHow ANY_DIRECTORY =
            new OpenHow(OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, 0);

    private final FileCalls calls = FileCalls.linux();
    private final Map<String, String> lines = new TreeMap<>();
    private final List<String[]> hardlinks = new ArrayList<>();
    private final boolean withDirectoryTimes;

    private TreeListing(boolean withDirectoryTimes) {
        this.withDirectoryTimes = withDirectoryTimes;
    }

    static String of(Path root) throws SyscallException {
        return of(root, true);
    }

    static String withoutDirectoryTimes(Path root) throws SyscallException {
        return of(root, false);
    }

    private static String of(Path root, boolean withDirectoryTimes) throws SyscallException {
        TreeListing listing = new TreeListing(withDirectoryTimes);
        byte[] path = RawNames.of(root.toString());
        try (Fd top =
                new Fd(listing.calls, listing.calls.openat2(FileCalls.HOST, path, ANY_DIRECTORY))) {
            listing.directory(top.number(), "");
        }
        return listing.text();
    }

    private String text() {
        Map<String, String> groups = new TreeMap<>();
        for (String[] link : hardlinks) {
            groups.merge(link[0], link[1], (a, b) -> a.compareTo(b) < 0 ? a : b);
        }
        for (String[] link : hardlinks) {
            lines.merge(link[1], " same-as=" + groups.get(link[0]), String::concat);
        }
        StringBuilder text = new StringBuilder();
        lines.forEach((path, line) -> text.append(path).append(' ').append(line).append('\n'));
        return text.toString();
    }

    private void directory(int fd, String path) throws SyscallException {
        lines.put(
                path.isEmpty() ? "/" : path,
                describe(fd, new byte[0], calls.stat(fd, new byte[0])));
        DirEntries entries = new DirEntries(calls, fd);
        for (DirEntries.Entry e = entries.next(); e != null; e = entries.next()) {
            String name = path + "/" + RawNames.show(e.name());
            FileStat stat = calls.stat(fd, e.name());
            if (stat.isDirectory()) {
                try (Fd child =
                        new Fd(calls, calls.openat2(fd, e.name(), OpenHow.DIRECTORY_NO_LINKS))) {
                    directory(child.number(), name);
                }
            } else {
                lines.put(name, describe(fd, e.name(), stat));
                if (stat.links() > 1) {
                    hardlinks.add(new String[] {stat.device() + ":" + stat.inode(), name});
                }
            }
        }
    }

    private String describe(int dirFd, byte[] name, FileStat stat) throws SyscallException {
        if (stat.isWhiteout()) {
            return "whiteout";
        }
        StringBuilder line =
                new StringBuilder("%06o %d:%d".formatted(stat.mode(), stat.uid(), stat.gid()));
        if (!stat.isDirectory() || withDirectoryTimes) {
            line.append(" t=%d.%09d".formatted(stat.modified().seconds(), stat.modified().nanos()));
        }
        if (stat.isRegular()) {
            line.append(" size=").append(stat.size()).append(' ').append(content(dirFd, name));
        } else if (stat.isSymlink()) {
            line.append(" -> ").append(RawNames.show(calls.readlinkat(dirFd, name)));
        } else if (stat.rdev() != 0) {
            line.append(" dev=").append(stat.rdev());
        }
        return line.append(attributes(dirFd, name)).toString();
    }

    private String attributes(int dirFd, byte[] name) throws SyscallException {
        Map<String, String> found = new TreeMap<>();
        byte[] self = name.length == 0 ? new byte[] {'.'} : name;
        for (byte[] attribute : calls.listxattrat(dirFd, self)) {
            found.put(
                    RawNames.show(attribute),
                    RawNames.show(calls.getxattrat(dirFd, self, attribute)));
        }
        return found.isEmpty() ? "" : " " + found;
    }

    private String content(int dirFd, byte[] name) throws SyscallException {
        MessageDigest digest = Sha256.create();
        ByteBuffer buffer = ByteBuffer.allocateDirect(65536);
        try (Fd file = new Fd(calls, calls.openat2(dirFd, name, OpenHow.READ_NO_LINKS))) {
            while (calls.read(file.number(), buffer) > 0) {
                digest.update(buffer.flip());
                buffer.clear();
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }
}
