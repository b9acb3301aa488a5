package carafe.network.bridge;

import java.math.BigInteger;
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
        byte[] sum = new BigInteger(1, network).add(BigInteger.valueOf(index)).toByteArray();
        byte[] address = new byte[network.length];
        int count = Math.min(sum.length, address.length);
        System.arraycopy(sum, sum.length - count, address, address.length - count, count);
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // only for a wrong length
        }
    }

    /** Which address of the range this is; -1 when it is none that pods can have. */
    int indexOf(InetAddress address) {
        byte[] raw = address.getAddress();
        if (raw.length != network.length) {
            return -1;
        }
        BigInteger index = new BigInteger(1, raw).subtract(new BigInteger(1, network));
        return index.signum() < 0 || index.compareTo(BigInteger.valueOf(size())) >= 0
                ? -1
                : index.intValue();
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
        int[] groups = new int[8];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = (raw[2 * i] & 0xff) << 8 | (raw[2 * i + 1] & 0xff);
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < groups.length; i++) {
            int end = i;
            while (end < groups.length && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                if (i > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
