package carafe.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the interfaces of a process's network namespace have carried since they were made. Read
 * through /proc, so that no thread of ours enters the namespace.
 *
 * @param defaultInterface the one of the default route; empty when there is no such route
 * @param interfaces all of them but loopback
 */
public record NetCounters(Optional<String> defaultInterface, List<Interface> interfaces) {
    private static final int COLUMNS = 16;

    /** The first column of what was sent; those before are of what was received. */
    private static final int SENT = 8;

    private static final String LOOPBACK = "lo";
    private static final String ANYWHERE_4 = "00000000";
    private static final String ANYWHERE_6 = "0".repeat(32);

    public NetCounters {
        interfaces = List.copyOf(interfaces);
    }

    /** One interface, as the pod sees it. */
    public record Interface(String name, Traffic received, Traffic sent) {}

    /**
     * What went one way.
     *
     * @param dropped packets that the kernel had no room for, or was told to drop
     */
    public record Traffic(long bytes, long packets, long errors, long dropped) {}

    /** The counters as the process sees them; empty when it is gone or is not that one. */
    public static Optional<NetCounters> of(PidIdentity process, Processes processes) {
        Path net = Path.of("/proc", Integer.toString(process.pid()), "net");
        try {
            String devices = KernelFiles.read(net.resolve("dev"));
            String routes = KernelFiles.read(net.resolve("route"));
            String routes6 = readIfThere(net.resolve("ipv6_route"));
            // The pid may have passed to another process while we read.
            return processes.alive(process)
                    ? Optional.of(parse(devices, routes, routes6))
                    : Optional.empty();
        } catch (SyscallException e) {
            return Optional.empty();
        }
    }

    private static String readIfThere(Path file) {
        try {
            return KernelFiles.read(file);
        } catch (SyscallException e) {
            return ""; // a kernel without IPv6
        }
    }

    static NetCounters parse(String devices, String routes, String routes6) {
        List<Interface> interfaces = new ArrayList<>();
        for (String line : devices.lines().skip(2).toList()) {
            int colon = line.indexOf(':');
            String[] numbers = line.substring(colon + 1).strip().split("\\s+", -1);
            String name = line.substring(0, Math.max(0, colon)).strip();
            if (colon > 0 && numbers.length >= COLUMNS && !name.equals(LOOPBACK)) {
                interfaces.add(new Interface(name, traffic(numbers, 0), traffic(numbers, SENT)));
            }
        }
        Optional<String> main = defaultOf(routes);
        return new NetCounters(main.isPresent() ? main : defaultOf6(routes6), interfaces);
    }

    private static Traffic traffic(String[] numbers, int first) {
        return new Traffic(
                Long.parseUnsignedLong(numbers[first]),
                Long.parseUnsignedLong(numbers[first + 1]),
                Long.parseUnsignedLong(numbers[first + 2]),
                Long.parseUnsignedLong(numbers[first + 3]));
    }

    private static Optional<String> defaultOf(String routes) {
        return routes.lines()
                .skip(1)
                .map(line -> line.strip().split("\\s+", -1))
                .filter(words -> words.length > 7 && words[1].equals(ANYWHERE_4))
                .filter(words -> words[7].equals(ANYWHERE_4))
                .map(words -> words[0])
                .findFirst();
    }

    private static Optional<String> defaultOf6(String routes) {
        return routes.lines()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(words -> words.length == 10)
                .filter(words -> words[0].equals(ANYWHERE_6) && words[1].equals("00"))
                .map(words -> words[9])
                .filter(name -> !name.equals(LOOPBACK)) // the kernel's reject route
                .findFirst();
    }
}
