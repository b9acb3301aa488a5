package carafe.image.registry;

import java.net.InetAddress;
import java.util.Locale;

/**
 * What kind of address a URI's host is, judged without asking the resolver: names are public,
 * except localhost.
 */
enum AddressClass {
    /** A name, or a public address. */
    PUBLIC,
    /** Private networks, shared address space, unique local addresses. */
    PRIVATE,
    /** This machine. */
    LOOPBACK,
    /** One link: where cloud providers serve machine credentials. */
    LINK_LOCAL,
    /** Numbers that mean an address to some readers and a name to others; multicast; any. */
    ODD;

    /**
     * @param host as {@link java.net.URI#getHost} gives it, IPv6 in brackets
     */
    static AddressClass of(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.startsWith("[")) {
            return literal(name.substring(1, name.length() - 1));
        }
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return LOOPBACK;
        }
        if (isDottedQuad(name)) {
            return literal(name);
        }
        String last = name.substring(name.lastIndexOf('.') + 1);
        boolean numeric = !last.isEmpty() && Character.isDigit(last.charAt(0)) && isNumber(last);
        return numeric ? ODD : PUBLIC;
    }

    private static boolean isNumber(String label) {
        String digits = label.startsWith("0x") ? label.substring(2) : label;
        int radix = label.startsWith("0x") ? 16 : 10;
        return digits.chars().allMatch(c -> Character.digit(c, radix) >= 0);
    }

    private static boolean isDottedQuad(String name) {
        String[] parts = name.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            boolean number =
                    !part.isEmpty()
                            && part.length() <= 3
                            && part.chars().allMatch(c -> c >= '0' && c <= '9')
                            && (part.length() == 1 || part.charAt(0) != '0')
                            && Integer.parseInt(part) <= 255;
            if (!number) {
                return false;
            }
        }
        return true;
    }

    private static AddressClass literal(String text) {
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return ODD;
        }
        if (address.isLoopbackAddress()) {
            return LOOPBACK;
        }
        if (address.isLinkLocalAddress()) {
            return LINK_LOCAL;
        }
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            return ODD;
        }
        return address.isSiteLocalAddress() || isPrivate(address.getAddress()) ? PRIVATE : PUBLIC;
    }

    /** fc00::/7 and 100.64.0.0/10, which the JDK does not count as site local. */
    private static boolean isPrivate(byte[] bytes) {
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
        boolean shared = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 0x40;
        return uniqueLocal || shared;
    }
}
