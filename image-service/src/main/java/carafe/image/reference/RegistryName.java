package carafe.image.reference;

import carafe.base.CarafeException;
import java.net.InetAddress;

/**
 * Checks the registry part of a reference: a DNS name, an IPv4 address or an IPv6 address in
 * brackets, with an optional port of 1 to 65535. What passes is safe as a directory name and in a
 * URL.
 */
final class RegistryName {
    private static final int MAX_PORT = 65535;
    private static final int MAX_LABEL = 63;

    private RegistryName() {}

    static String check(String name) {
        int hostEnd = hostEnd(name);
        String host = name.substring(0, hostEnd);
        String port = name.substring(hostEnd);
        boolean hostGood = host.startsWith("[") ? isIpv6(host) : isDnsName(host);
        if (!hostGood || !(port.isEmpty() || isPort(port))) {
            throw new CarafeException.Invalid("not a registry's host: " + Excerpt.of(name));
        }
        return name;
    }

    private static int hostEnd(String name) {
        int end = name.startsWith("[") ? name.indexOf(']') + 1 : name.indexOf(':');
        return end < 0 ? name.length() : end;
    }

    private static boolean isDnsName(String host) {
        for (String label : host.split("\\.", -1)) {
            boolean good =
                    !label.isEmpty()
                            && label.length() <= MAX_LABEL
                            && label.charAt(0) != '-'
                            && label.charAt(label.length() - 1) != '-'
                            && label.chars().allMatch(RegistryName::isLabelChar);
            if (!good) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLabelChar(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-';
    }

    private static boolean isIpv6(String host) {
        String inner = host.substring(1, host.length() - 1);
        boolean shape = inner.indexOf(':') >= 0 && inner.chars().allMatch(RegistryName::isIpv6Char);
        if (!shape) {
            return false;
        }
        try {
            InetAddress.ofLiteral(inner);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isIpv6Char(int c) {
        return c == ':' || c == '.' || (c < 0x7f && Character.digit(c, 16) >= 0);
    }

    private static boolean isPort(String port) {
        String digits = port.substring(1);
        boolean shape =
                port.charAt(0) == ':'
                        && !digits.isEmpty()
                        && digits.length() <= 5
                        && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return shape && Integer.parseInt(digits) >= 1 && Integer.parseInt(digits) <= MAX_PORT;
    }
}
