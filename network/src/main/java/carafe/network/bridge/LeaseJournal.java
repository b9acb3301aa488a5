package carafe.network.bridge;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases on disk: one file, a line each. A new lease is one write at its end; one given back is one
 * byte changed in its line, which needs no room on the disk. What a killed daemon wrote in part has
 * another checksum than it says and counts as damaged. The file is written anew without what was
 * given back at the start, and whenever that is most of it. Thread-safe.
 */
final class LeaseJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseJournal.class);
    private static final String NAME = "leases";

    private static final int FEW_BYTES = 64 << 10;
    private static final int MOSTLY_GIVEN = 4;
    private static final byte[] GIVEN = {LeaseText.GIVEN};

    private final Path dir;
    private final Path file;
    private final DurableFiles files;
    private final JournalFile.Opener opener;
    private final Map<String, Kept> live = new HashMap<>();
    private @Nullable JournalFile open;
    private long end;
    private long liveBytes;
    private long rewriteAt = FEW_BYTES;

    /** Whether the file may be other than this object knows, after something has failed. */
    private boolean doubtful = true;

    /** Where a live lease is. */
    @SuppressWarnings("ArrayRecordComponent") // written, never compared
    private record Kept(long at, byte[] line) {}

    /**
     * What lay in the file.
     *
     * @param damaged whether there was anything that cannot be read
     */
    record Found(List<Lease> leases, boolean damaged) {}

    /**
     * @param dir of the file; made when absent
     */
    LeaseJournal(Path dir, DurableFiles files, JournalFile.Opener opener) {
        this.dir = dir;
        this.file = dir.resolve(NAME);
        this.files = files;
        this.opener = opener;
    }

    /** Takes over what there is, before anything else. */
    synchronized Found load() {
        try {
            JournalContent content = JournalContent.read(file, files);
            Map<String, Lease> leases = new LinkedHashMap<>();
            for (JournalContent.Line each : content.lines()) {
                if (each.isLive()) {
                    leases.put(each.lease().podId(), each.lease());
                    live.put(each.lease().podId(), new Kept(each.at(), each.content()));
                }
            }
            if (content.lines().size() != live.size() || content.damaged()) {
                shrink();
            }
            open();
            return new Found(List.copyOf(leases.values()), content.damaged());
        } catch (IOException e) {
            throw new CarafeException.Internal("read the pods' leases: " + e, e);
        }
    }

    /**
     * Writes a lease down; a pod has one at a time.
     *
     * @throws CarafeException.Internal when it is not written
     */
    synchronized void take(Lease lease) {
        byte[] line = LeaseText.line(lease);
        try {
            JournalFile out = ready();
            append(out, line);
            live.put(lease.podId(), new Kept(end, line));
            liveBytes += line.length;
            end += line.length;
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "write the lease of pod sandbox %s to %s: %s"
                            .formatted(lease.podId(), file, e.getMessage()),
                    e);
        }
    }

    /** All of it or nothing; where even that is not sure, the next change looks first. */
    private void append(JournalFile out, byte[] line) throws IOException {
        try {
            out.write(end, line);
        } catch (IOException e) {
            doubtful = true;
            try {
                out.cut(end);
                doubtful = false;
            } catch (IOException undo) {
                e.addSuppressed(undo);
            }
            throw e;
        }
    }

    /**
     * Forgets the pod's lease; none is success.
     *
     * @throws CarafeException.Internal when it is still written down
     */
    synchronized void give(String podId) {
        if (!live.containsKey(podId)) {
            return;
        }
        try {
            JournalFile out = ready();
            Kept kept = live.get(podId);
            if (kept == null) {
                return;
            }
            out.write(kept.at(), GIVEN);
            live.remove(podId);
            liveBytes -= kept.line().length;
            if (end - liveBytes > Math.max(rewriteAt, MOSTLY_GIVEN * liveBytes)) {
                shrink();
            }
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "forget the network of pod sandbox %s in %s: %s"
                            .formatted(podId, file, e.getMessage()),
                    e);
        }
    }

    @Override
    public synchronized void close() {
        closeFile();
        doubtful = true;
    }

    /** So that the first pod need not; where it cannot be, that one is told why. */
    private void open() {
        try {
            ready();
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("The file of the pods' leases cannot be opened yet");
        }
    }

    /** The file anew, with live leases alone. Where it cannot be, it stays as it is. */
    private void shrink() {
        doubtful = true;
        int size = 0;
        for (Kept each : live.values()) {
            size += each.line().length;
        }
        byte[] whole = new byte[size];
        int at = 0;
        for (Kept each : live.values()) {
            System.arraycopy(each.line(), 0, whole, at, each.line().length);
            at += each.line().length;
        }
        try {
            files.write(file, whole, DurableFiles.Durability.PROCESS);
            rewriteAt = FEW_BYTES;
        } catch (IOException e) {
            rewriteAt = 2 * end;
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("The file of the pods' leases cannot be written anew, and grows");
        }
    }

    /** The open file; looked at again after something has failed, or was written anew. */
    private JournalFile ready() throws IOException {
        JournalFile now = open;
        if (!doubtful && now != null) {
            return now;
        }
        closeFile();
        JournalContent content = JournalContent.read(file, files);
        if (content.isAbsent()) {
            Files.createDirectories(dir);
            files.write(file, new byte[0], DurableFiles.Durability.PROCESS);
        }
        now = opener.open(file);
        open = now;
        if (content.end() < content.size()) {
            now.cut(content.end());
        }
        end = content.end();
        settle(now, content);
        doubtful = false;
        return now;
    }

    /** What is in the file and what is known become the same. */
    private void settle(JournalFile out, JournalContent content) throws IOException {
        Map<String, Kept> missing = new HashMap<>(live);
        for (JournalContent.Line each : content.lines()) {
            if (!each.isLive()) {
                continue;
            }
            String podId = each.lease().podId();
            Kept known = missing.get(podId);
            if (known != null && Arrays.equals(known.line(), each.content())) {
                missing.remove(podId);
                live.put(podId, new Kept(each.at(), each.content()));
            } else {
                out.write(each.at(), GIVEN);
            }
        }
        for (Map.Entry<String, Kept> each : missing.entrySet()) {
            byte[] line = each.getValue().line();
            out.write(end, line);
            live.put(each.getKey(), new Kept(end, line));
            end += line.length;
        }
        liveBytes = live.values().stream().mapToLong(each -> each.line().length).sum();
    }

    private void closeFile() {
        JournalFile now = open;
        open = null;
        if (now != null) {
            now.close();
        }
    }
}
