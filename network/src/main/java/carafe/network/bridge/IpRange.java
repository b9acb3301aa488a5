package carafe.network.bridge;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A range of addresses, as 10.88.0.0/16. Address 0 is the range itself, address 1 the node's end of
 * the bridge; pods have the others. Immutable.
 */
public final class IpRange {
    /** Pods of one range are never more; larger ranges are used up to here. */
    static final int MAX_ADDRESSES = 1 << 20;

    private static final int SMALLEST_HOST_BITS = 2;
    private static final int LARGEST_HOST_BITS_4 = 24;
    private static final int LARGEST_HOST_BITS_6 = 80;
    private static final int GROUPS = 8;
    private static final int LONGEST_TEXT = 39;

    private final byte[] network;
    private final int prefix;

    private IpRange(byte[] network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /**
     * Reads a range; bits behind the prefix are dropped.
     *
     * @throws IllegalArgumentException with words for a user when it is none, or has room for no
     *     pod, or is most of the internet
     */
    public static IpRange parse(String text) {
        int slash = text.indexOf('/');
        // The JDK takes 10.1 for an address too.
        if (!text.matches("(\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)/\\d{1,3}")) {
            throw new IllegalArgumentException(
                    "\"%s\" is no address range such as 10.88.0.0/16".formatted(text));
        }
        byte[] address = InetAddress.ofLiteral(text.substring(0, slash)).getAddress();
        int prefix = Integer.parseInt(text.substring(slash + 1));
        int hostBits = address.length * Byte.SIZE - prefix;
        int largest = address.length == 4 ? LARGEST_HOST_BITS_4 : LARGEST_HOST_BITS_6;
        if (hostBits < SMALLEST_HOST_BITS || hostBits > largest) {
            throw new IllegalArgumentException(
                    "\"%s\": the prefix must be %d to %d bits long"
                            .formatted(
                                    text,
                                    address.length * Byte.SIZE - largest,
                                    address.length * Byte.SIZE - SMALLEST_HOST_BITS));
        }
        return of(address, prefix);
    }

    /** That of an address in it. */
    static IpRange of(InetAddress address, int prefix) {
        return of(address.getAddress(), prefix);
    }

    private static IpRange of(byte[] address, int prefix) {
        byte[] network = address.clone();
        for (int bit = prefix; bit < network.length * Byte.SIZE; bit++) {
            network[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
        }
        return new IpRange(network, prefix);
    }

    public boolean isIpv4() {
        return network.length == 4;
    }

    int prefix() {
        return prefix;
    }

    /** How many addresses pods can have, from 2 on. */
    int size() {
        int hostBits = network.length * Byte.SIZE - prefix;
        int all = hostBits >= 20 ? MAX_ADDRESSES : 1 << hostBits;
        // The last address of an IPv4 range is everybody's.
        return isIpv4() ? all - 1 : all;
    }

    InetAddress gateway() {
        return address(1);
    }

    /**
     * @param index 0 to {@link #size()} - 1
     */
    InetAddress address(int index) {
        byte[] address = network.clone();
        long sum = Integer.toUnsignedLong(last4(network)) + index;
        for (int i = address.length - 1; i >= address.length - Integer.BYTES; i--) {
            address[i] = (byte) sum;
            sum >>>= Byte.SIZE;
        }
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // only for a wrong length
        }
    }

    /** Which address of the range this is; -1 when it is none that pods can have. */
    int indexOf(InetAddress address) {
        byte[] raw = address.getAddress();
        int front = network.length - Integer.BYTES;
        if (raw.length != network.length || !Arrays.equals(raw, 0, front, network, 0, front)) {
            return -1;
        }
        // No range has more addresses than the last four bytes can tell apart.
        long index = Integer.toUnsignedLong(last4(raw)) - Integer.toUnsignedLong(last4(network));
        return index < 0 || index >= size() ? -1 : (int) index;
    }

    private static int last4(byte[] address) {
        int value = 0;
        for (int i = address.length - Integer.BYTES; i < address.length; i++) {
            value = value << Byte.SIZE | (address[i] & 0xff);
        }
        return value;
    }

    boolean contains(InetAddress address) {
        byte[] raw = address.getAddress();
        if (raw.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if (((raw[bit / Byte.SIZE] ^ network[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpRange range
                && range.prefix == prefix
                && Arrays.equals(range.network, network);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(network) * 31 + prefix;
    }

    /** As it is written in configurations. */
    @Override
    public String toString() {
        return text(address(0)) + "/" + prefix;
    }

    /** An address as users write it, without a scope. */
    static String text(InetAddress address) {
        if (address instanceof Inet4Address) {
            return address.getHostAddress();
        }
        return shortened(address.getAddress());
    }

    /** RFC 5952: no leading zeros, the longest run of zero groups as "::". */
    private static String shortened(byte[] raw) {
        int start = -1;
        int length = 1;
        int zeros = 0;
        for (int i = 0; i < GROUPS; i++) {
            zeros = group(raw, i) == 0 ? zeros + 1 : 0;
            if (zeros > length) {
                start = i + 1 - zeros;
                length = zeros;
            }
        }
        StringBuilder text = new StringBuilder(LONGEST_TEXT);
        for (int i = 0; i < GROUPS; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (i > 0 && i != start + length) {
                text.append(':');
            }
            text.append(Integer.toHexString(group(raw, i)));
        }
        return text.toString();
    }

    private static int group(byte[] raw, int index) {
        return (raw[2 * index] & 0xff) << Byte.SIZE | (raw[2 * index + 1] & 0xff);
    }
}
