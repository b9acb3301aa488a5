package carafe.image.reference;

import carafe.base.CarafeException;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code [registry/]repository[:tag][@digest]}. A first component is a registry when it holds
 * a dot or a colon, is {@code localhost}, or has upper-case letters; otherwise the name belongs to
 * docker.io, and to its {@code library} when it has one component only.
 */
final class ReferenceParser {
    private static final int MAX_TEXT = 1024;
    private static final int MAX_NAME = 255;
    private static final int MAX_TAG = 128;
    private static final int ID_LENGTH = 64;

    private final String text;

    ReferenceParser(String text) {
        this.text = text;
    }

    ImageReference parse() {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            throw invalid("it has %d characters".formatted(text.length()));
        }
        if (text.length() == ID_LENGTH && Digest.isLowerHex(text)) {
            throw invalid("it is an image's id, which no registry knows");
        }
        String rest = text;
        Digest digest = null;
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = Digest.parse(rest.substring(at + 1));
            rest = rest.substring(0, at);
        }
        String tag = null;
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/') && !isHostAlone(rest, colon)) {
            tag = checkedTag(rest.substring(colon + 1));
            rest = rest.substring(0, colon);
        }
        if (tag == null && digest == null) {
            tag = ImageReference.DEFAULT_TAG;
        }
        return named(rest, tag, digest);
    }

    /** An IPv6 host without a repository has colons, none of which starts a tag. */
    private static boolean isHostAlone(String rest, int colon) {
        return rest.startsWith("[") && colon < rest.indexOf(']');
    }

    private ImageReference named(String name, @Nullable String tag, @Nullable Digest digest) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        String registry;
        String repository;
        if (slash >= 0 && isRegistry(first)) {
            registry = RegistryName.check(first);
            repository = name.substring(slash + 1);
        } else {
            registry = ImageReference.DEFAULT_REGISTRY;
            repository = name;
        }
        if (registry.equals("index.docker.io")) {
            registry = ImageReference.DEFAULT_REGISTRY;
        }
        if (registry.equals(ImageReference.DEFAULT_REGISTRY) && repository.indexOf('/') < 0) {
            repository = "library/" + repository;
        }
        checkRepository(repository, registry);
        return new ImageReference(registry, repository, tag, digest);
    }

    private static boolean isRegistry(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || first.chars().anyMatch(c -> c >= 'A' && c <= 'Z');
    }

    private void checkRepository(String repository, String registry) {
        if (registry.length() + 1 + repository.length() > MAX_NAME) {
            throw invalid("its name is longer than %d characters".formatted(MAX_NAME));
        }
        for (String component : repository.split("/", -1)) {
            if (!isPathComponent(component)) {
                throw invalid(
                        "a path component must be lower-case letters and digits, separated by one"
                                + " dot, one or two underscores, or dashes");
            }
        }
    }

    /** Runs of letters and digits, between them {@code .}, {@code _}, {@code __} or dashes. */
    private static boolean isPathComponent(String component) {
        int i = 0;
        while (true) {
            int start = i;
            while (i < component.length() && isLowerAlphanumeric(component.charAt(i))) {
                i++;
            }
            if (i == start) {
                return false;
            }
            if (i == component.length()) {
                return true;
            }
            int separator = separatorLength(component, i);
            if (separator == 0) {
                return false;
            }
            i += separator;
        }
    }

    private static int separatorLength(String component, int from) {
        char c = component.charAt(from);
        int end = from;
        while (end < component.length() && component.charAt(end) == c) {
            end++;
        }
        int length = end - from;
        return switch (c) {
            case '.' -> length == 1 ? 1 : 0;
            case '_' -> length <= 2 ? length : 0;
            case '-' -> length;
            default -> 0;
        };
    }

    private static boolean isLowerAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private String checkedTag(String tag) {
        boolean fits = !tag.isEmpty() && tag.length() <= MAX_TAG && isTagStart(tag.charAt(0));
        if (!fits || !tag.chars().allMatch(c -> isTagStart((char) c) || c == '.' || c == '-')) {
            throw invalid("its tag is not 1 to 128 letters, digits, dots, dashes, underscores");
        }
        return tag;
    }

    private static boolean isTagStart(char c) {
        return isLowerAlphanumeric(c) || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private CarafeException.Invalid invalid(String why) {
        return new CarafeException.Invalid(
                "not an image reference: %s: %s".formatted(Excerpt.of(text), why));
    }
}
