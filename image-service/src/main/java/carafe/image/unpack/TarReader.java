package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.linux.fs.Devices;
import carafe.linux.fs.FileTime;
import carafe.linux.fs.RawNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar: v7, ustar, pax and GNU headers. Where formats disagree it reads as Go's archive/tar
 * does, because that is what every registry's images were made and read with. Memory is bounded: a
 * pax header or long name has 1 MiB at most. Not thread-safe.
 */
final class TarReader {
    private static final int META_BYTES = 1 << 20;
    private static final long ID_MAX = 4294967294L;

    private final TarInput input;
    private final byte[] block = new byte[TarHeader.BLOCK_BYTES];
    private long body;
    private long padding;

    TarReader(TarInput input) {
        this.input = input;
    }

    /** What extension headers say of the entry that follows them. */
    private static final class Extensions {
        private @Nullable PaxRecords pax;
        private byte @Nullable [] longName;
        private byte @Nullable [] longLink;

        boolean isEmpty() {
            return pax == null && longName == null && longLink == null;
        }

        byte @Nullable [] pax(String key) {
            return pax == null ? null : pax.get(key);
        }
    }

    /**
     * The next entry; what is left of the previous one's content is skipped.
     *
     * @return null at the end; the stream has been read to its end then
     * @throws CarafeException.Invalid when this is no tar, is cut, or uses what is not supported
     */
    @Nullable TarEntry next() throws IOException, InterruptedException {
        input.forward(body + padding, TarInput.Sink.NOTHING);
        body = 0;
        padding = 0;
        Extensions extensions = new Extensions();
        while (input.block(block)) {
            if (isZero()) {
                expectEnd(extensions);
                return null;
            }
            TarHeader header = new TarHeader(block);
            switch (header.type()) {
                case 'x', 'X' -> extensions.pax = PaxRecords.parse(meta(header));
                case 'L' -> extensions.longName = untilNul(meta(header));
                case 'K' -> extensions.longLink = untilNul(meta(header));
                case 'g', 'V' -> meta(header);
                default -> {
                    return entry(header, extensions);
                }
            }
        }
        expectNothingPending(extensions);
        return null;
    }

    /** Hands the content of the entry that was read last to the sink. */
    void content(TarInput.Sink sink) throws IOException, InterruptedException {
        long bytes = body;
        body = 0;
        input.forward(bytes, sink);
    }

    private boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private void expectEnd(Extensions extensions) throws InterruptedException {
        expectNothingPending(extensions);
        if (input.block(block) && !isZero()) {
            throw new CarafeException.Invalid("no tar: an empty header in the middle");
        }
        input.drain();
    }

    private static void expectNothingPending(Extensions extensions) {
        if (!extensions.isEmpty()) {
            throw new CarafeException.Invalid("the tar ends behind an extension header");
        }
    }

    private byte[] meta(TarHeader header) throws IOException, InterruptedException {
        long size = header.size();
        if (size < 0 || size > META_BYTES) {
            throw new CarafeException.Invalid(
                    "an extension header has %d bytes; %d are allowed".formatted(size, META_BYTES));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) size);
        input.forward(size, bytes::write);
        input.forward(paddingOf(size), TarInput.Sink.NOTHING);
        return bytes.toByteArray();
    }

    private static byte[] untilNul(byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (text[i] == 0) {
                return Arrays.copyOf(text, i);
            }
        }
        return text;
    }

    private static long paddingOf(long size) {
        return -size & (TarHeader.BLOCK_BYTES - 1);
    }

    private TarEntry entry(TarHeader header, Extensions more) {
        byte[] name = name(header, more);
        TarEntry.Type type = type(header, name);
        long size = type == TarEntry.Type.REGULAR ? size(header, more) : 0;
        body = size;
        padding = paddingOf(size);
        byte[] uid = more.pax("uid");
        byte[] gid = more.pax("gid");
        return new TarEntry(
                type,
                name,
                link(type, header, more),
                (int) (header.mode() & 07777),
                id("uid", name, uid == null ? header.uid() : TarNumbers.decimal("uid", uid)),
                id("gid", name, gid == null ? header.gid() : TarNumbers.decimal("gid", gid)),
                size,
                time(header, more),
                device(type, name, header),
                more.pax == null ? List.of() : more.pax.attributes());
    }

    private static byte[] name(TarHeader header, Extensions more) {
        byte[] pax = more.pax("path");
        if (more.longName != null) {
            return more.longName;
        }
        return pax != null ? pax : header.name();
    }

    private static byte[] link(TarEntry.Type type, TarHeader header, Extensions more) {
        if (type != TarEntry.Type.HARDLINK && type != TarEntry.Type.SYMLINK) {
            return new byte[0];
        }
        byte[] pax = more.pax("linkpath");
        if (more.longLink != null) {
            return more.longLink;
        }
        return pax != null ? pax : header.link();
    }

    private static TarEntry.Type type(TarHeader header, byte[] name) {
        return switch (header.type()) {
            case '\0' ->
                    name.length > 0 && name[name.length - 1] == '/'
                            ? TarEntry.Type.DIRECTORY
                            : TarEntry.Type.REGULAR;
            case '0', '7' -> TarEntry.Type.REGULAR;
            case '1' -> TarEntry.Type.HARDLINK;
            case '2' -> TarEntry.Type.SYMLINK;
            case '3' -> TarEntry.Type.CHARACTER_DEVICE;
            case '4' -> TarEntry.Type.BLOCK_DEVICE;
            case '5' -> TarEntry.Type.DIRECTORY;
            case '6' -> TarEntry.Type.FIFO;
            case 'S' ->
                    throw new CarafeException.Invalid(
                            "%s: sparse files in layers are not supported"
                                    .formatted(RawNames.show(name)));
            default ->
                    throw new CarafeException.Invalid(
                            "%s: unknown entry type 0x%02x"
                                    .formatted(RawNames.show(name), (int) header.type()));
        };
    }

    private static long size(TarHeader header, Extensions more) {
        byte[] pax = more.pax("size");
        long size = pax == null ? header.size() : TarNumbers.decimal("size", pax);
        if (size < 0 || size > Long.MAX_VALUE - TarHeader.BLOCK_BYTES) {
            throw new CarafeException.Invalid("an entry has size " + size);
        }
        return size;
    }

    private static long id(String what, byte[] name, long id) {
        if (id < 0 || id > ID_MAX) {
            throw new CarafeException.Invalid(
                    "%s: %s %d is out of range".formatted(RawNames.show(name), what, id));
        }
        return id;
    }

    private static FileTime time(TarHeader header, Extensions more) {
        byte[] pax = more.pax("mtime");
        return pax == null
                ? new FileTime(header.seconds(), 0)
                : TarNumbers.time("modification time", pax);
    }

    private static long device(TarEntry.Type type, byte[] name, TarHeader header) {
        if (type != TarEntry.Type.CHARACTER_DEVICE && type != TarEntry.Type.BLOCK_DEVICE) {
            return 0;
        }
        try {
            return Devices.of(header.major(), header.minor());
        } catch (IllegalArgumentException e) {
            throw new CarafeException.Invalid(RawNames.show(name) + ": " + e.getMessage(), e);
        }
    }
}
