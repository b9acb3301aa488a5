package carafe.network.bridge;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A lease as one line of the journal: a state, eight digits of CRC-32 over what follows, then the
 * pod, its link, its addresses and its host ports, with one space between. Pure.
 *
 * <pre>+5f0c2ab1 4be1…  vethb4be1… 10.88.0.7/16,fd00::7/64 tcp:8080:80:0:</pre>
 */
final class LeaseText {
    /** The state of a lease that its pod has. */
    static final byte LIVE = '+';

    /** That of one given back: the same line with this one byte changed. */
    static final byte GIVEN = '-';

    private static final int DIGITS = 8;
    private static final int FIELDS = 3;
    private static final int PORT_FIELDS = 5;

    private LeaseText() {}

    /** The whole line, live, with its end. */
    static byte[] line(Lease lease) {
        StringBuilder text = new StringBuilder(200);
        text.append(' ').append(lease.podId()).append(' ').append(lease.link()).append(' ');
        String comma = "";
        for (Lease.Address each : lease.addresses()) {
            text.append(comma).append(each);
            comma = ",";
        }
        for (HostPort each : lease.ports()) {
            text.append(' ').append(each.protocol());
            text.append(':').append(each.hostPort()).append(':').append(each.podPort());
            text.append(':').append(each.family()).append(':');
            InetAddress address = each.address();
            text.append(address == null ? "" : IpRange.text(address));
        }
        byte[] body = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        byte[] line = new byte[1 + DIGITS + body.length];
        line[0] = LIVE;
        sum(body, 0, body.length - 1, line);
        System.arraycopy(body, 0, line, 1 + DIGITS, body.length);
        return line;
    }

    /**
     * Reads a line without its end, whatever its state is.
     *
     * @throws IllegalArgumentException when it is damaged
     */
    static Lease read(byte[] all, int from, int to) {
        int body = from + 1 + DIGITS;
        if (to - body < 1 || (all[from] != LIVE && all[from] != GIVEN)) {
            throw new IllegalArgumentException("it is no lease");
        }
        byte[] expected = new byte[1 + DIGITS];
        sum(all, body, to - body, expected);
        for (int i = 1; i < expected.length; i++) {
            if (expected[i] != all[from + i]) {
                throw new IllegalArgumentException("its checksum is another one");
            }
        }
        String[] fields =
                new String(all, body + 1, to - body - 1, StandardCharsets.UTF_8).split(" ", -1);
        if (fields.length < FIELDS) {
            throw new IllegalArgumentException("it has no address");
        }
        List<Lease.Address> addresses = new ArrayList<>();
        for (String each : fields[2].split(",", -1)) {
            addresses.add(Lease.Address.parse(each));
        }
        List<HostPort> ports = new ArrayList<>();
        for (String each : List.of(fields).subList(FIELDS, fields.length)) {
            ports.add(port(each));
        }
        return new Lease(fields[0], fields[1], addresses, ports);
    }

    private static HostPort port(String text) {
        String[] fields = text.split(":", PORT_FIELDS);
        if (fields.length < PORT_FIELDS) {
            throw new IllegalArgumentException("no host port: " + text);
        }
        String address = fields[4];
        return new HostPort(
                fields[0],
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2]),
                address.isEmpty() ? null : InetAddress.ofLiteral(address),
                Integer.parseInt(fields[3]));
    }

    /** Digits of the checksum, behind the state. */
    private static void sum(byte[] content, int from, int length, byte[] line) {
        CRC32 crc = new CRC32();
        crc.update(content, from, length);
        long value = crc.getValue();
        for (int i = DIGITS; i > 0; i--) {
            line[i] = (byte) Character.forDigit((int) (value & 0xf), 16);
            value >>>= 4;
        }
    }
}
