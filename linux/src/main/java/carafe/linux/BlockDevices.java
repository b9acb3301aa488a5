package carafe.linux;

import java.nio.file.Path;

/** Names of block devices. */
public final class BlockDevices {
    private static final String NAME = "DEVNAME=";

    private BlockDevices() {}

    /**
     * The path in /dev of the device with these numbers, such as {@code 8:0}; they themselves
     * without.
     */
    public static String name(String numbers) {
        if (!numbers.matches("[0-9]{1,9}:[0-9]{1,9}")) {
            return numbers;
        }
        try {
            return KernelFiles.read(Path.of("/sys/dev/block", numbers, "uevent"))
                    .lines()
                    .filter(line -> line.startsWith(NAME))
                    .map(line -> "/dev/" + line.substring(NAME.length()))
                    .findFirst()
                    .orElse(numbers);
        } catch (SyscallException e) {
            return numbers;
        }
    }
}
