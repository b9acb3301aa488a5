package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.runtime.api.DnsConfig;
import java.util.List;

/** The text of a resolv.conf. */
final class ResolvConf {
    private ResolvConf() {}

    static String of(DnsConfig dns) {
        StringBuilder text = new StringBuilder();
        if (!dns.searches().isEmpty()) {
            line(text, "search", dns.searches());
        }
        dns.servers().forEach(each -> line(text, "nameserver", List.of(each)));
        if (!dns.options().isEmpty()) {
            line(text, "options", dns.options());
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String keyword, List<String> words) {
        text.append(keyword);
        for (String each : words) {
            if (each.isEmpty() || each.chars().anyMatch(c -> c <= ' ' || c == 127)) {
                throw new CarafeException.Invalid(
                        "\"%s\" cannot be a word of a resolv.conf".formatted(each));
            }
            text.append(' ').append(each);
        }
        text.append('\n');
    }
}
