package carafe.shim.child;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.Utf8;
import java.util.Arrays;

/** Writes the reports {@link StatusReader} reads, each with one write of at most PIPE_BUF bytes. */
final class StatusWriter {
    private static final int MAX_TEXT = 1024;

    private final FileCalls files;
    private final int fd;

    StatusWriter(FileCalls files, int fd) {
        this.files = files;
        this.fd = fd;
    }

    /** Whether there is somebody who reads it. */
    boolean born(int pid) {
        byte[] report = new byte[7];
        report[0] = 5;
        report[2] = StatusReader.BORN;
        putInt(report, 3, pid);
        return files.write(fd, report, 0, report.length) == report.length;
    }

    void waiting() {
        write(new byte[] {1, 0, StatusReader.WAITING});
    }

    void ready() {
        write(new byte[] {1, 0, StatusReader.READY});
    }

    void failed(Progress progress, int errno, String text) {
        byte[][] texts = {cut(progress.step()), cut(progress.path()), cut(text)};
        int length = 5;
        for (byte[] t : texts) {
            length += 2 + t.length;
        }
        byte[] report = new byte[2 + length];
        report[0] = (byte) length;
        report[1] = (byte) (length >> 8);
        report[2] = StatusReader.FAILED;
        putInt(report, 3, errno);
        int at = 7;
        for (byte[] t : texts) {
            report[at] = (byte) t.length;
            report[at + 1] = (byte) (t.length >> 8);
            System.arraycopy(t, 0, report, at + 2, t.length);
            at += 2 + t.length;
        }
        write(report);
    }

    /** An error has nobody to be told to: the reader is gone. */
    private void write(byte[] report) {
        int _ = files.write(fd, report, 0, report.length);
    }

    private static byte[] cut(String text) {
        byte[] bytes = Utf8.encode(text);
        return bytes.length <= MAX_TEXT ? bytes : Arrays.copyOf(bytes, MAX_TEXT);
    }

    private static void putInt(byte[] to, int at, int value) {
        for (int i = 0; i < 4; i++) {
            to[at + i] = (byte) (value >> (8 * i));
        }
    }
}
