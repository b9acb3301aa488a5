package carafe.server.doctor;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the kernel is new enough and has overlayfs. */
record KernelCheck(ProcFiles proc) implements Check {
    private static final int NEEDED_MAJOR = 5;
    private static final int NEEDED_MINOR = 14;
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*", Pattern.DOTALL);

    @Override
    public List<Finding> run() {
        return List.of(release(), overlay());
    }

    private Finding release() {
        String release = proc.read("proc/sys/kernel/osrelease").orElse("unknown");
        Matcher matcher = RELEASE.matcher(release);
        boolean newEnough =
                matcher.matches()
                        && (Integer.parseInt(matcher.group(1)) > NEEDED_MAJOR
                                || (Integer.parseInt(matcher.group(1)) == NEEDED_MAJOR
                                        && Integer.parseInt(matcher.group(2)) >= NEEDED_MINOR));
        return newEnough
                ? Finding.ok("kernel", release)
                : Finding.fail(
                        "kernel",
                        release,
                        "containers cannot be made: calls of Linux 5.14 are missing",
                        "boot Linux %d.%d or newer".formatted(NEEDED_MAJOR, NEEDED_MINOR));
    }

    private Finding overlay() {
        boolean present =
                proc.read("proc/filesystems").stream()
                        .flatMap(String::lines)
                        .anyMatch(line -> line.strip().equals("nodev\toverlay"));
        return present
                ? Finding.ok("overlay", "known to the kernel")
                : Finding.fail(
                        "overlay",
                        "not known to the kernel",
                        "root file systems of containers cannot be made",
                        "modprobe overlay");
    }
}
