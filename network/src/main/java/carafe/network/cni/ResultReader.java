package carafe.network.cni;

import carafe.base.CarafeException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Understands what the last plugin of ADD printed. Thread-safe. */
final class ResultReader {
    private static final int MAX_ADDRESSES = 64;
    private static final Pattern ADDRESS =
            Pattern.compile("(\\d{1,3}(\\.\\d{1,3}){3}|(?=[^/]*:)[0-9a-fA-F:.]{2,45})/\\d{1,3}");

    private final JsonMapper json = JsonMapper.builder().build();

    /**
     * Reads the addresses of a result.
     *
     * @throws CarafeException.Unavailable when it is not a CNI result
     */
    Attachment read(String network, String printed) {
        try {
            JsonNode root = json.readTree(printed);
            if (root == null || !root.isObject()) {
                throw new CarafeException.Unavailable(
                        "the plugins of CNI network %s printed no result".formatted(network));
            }
            JsonNode interfaces = root.path("interfaces");
            List<String> addresses = new ArrayList<>();
            for (JsonNode each : root.path("ips")) {
                if (isOfPod(each, interfaces)) {
                    addresses.add(address(network, each.path("address").asString("")));
                }
            }
            if (addresses.size() > MAX_ADDRESSES) {
                throw new CarafeException.Unavailable(
                        "CNI network %s gave more than %d addresses"
                                .formatted(network, MAX_ADDRESSES));
            }
            return new Attachment(addresses, printed);
        } catch (JacksonException e) {
            throw new CarafeException.Unavailable(
                    "the plugins of CNI network %s printed no JSON result: %s"
                            .formatted(network, e.getOriginalMessage()),
                    e);
        }
    }

    /** An address belongs to the pod unless it names an interface outside the pod's sandbox. */
    private static boolean isOfPod(JsonNode ip, JsonNode interfaces) {
        JsonNode index = ip.path("interface");
        if (!index.isInt()) {
            return true;
        }
        JsonNode owner = interfaces.path(index.asInt());
        return owner.isMissingNode() || !owner.path("sandbox").asString("").isEmpty();
    }

    private static String address(String network, String cidr) {
        if (ADDRESS.matcher(cidr).matches()) {
            String address = cidr.substring(0, cidr.indexOf('/'));
            if (isLiteral(address)) {
                return address;
            }
        }
        throw new CarafeException.Unavailable(
                "CNI network %s gave an address that is none: %.80s"
                        .formatted(network, cidr.replaceAll("\\p{Cntrl}", "?")));
    }

    private static boolean isLiteral(String address) {
        try {
            return InetAddress.ofLiteral(address) != null;
        } catch (IllegalArgumentException e) {
            return false; // has the letters of one, and no more
        }
    }
}
