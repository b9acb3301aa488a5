package carafe.image.manifest;

/**
 * What an image runs on, in Go's words, normalised: {@code aarch64} is {@code arm64}, {@code
 * x86_64} is {@code amd64}, and default variants are spelled empty ({@code arm64/v8}, {@code
 * amd64/v1}) or {@code v7} for arm.
 *
 * @param variant of the architecture; may be empty
 */
public record Platform(String os, String architecture, String variant) {
    public Platform {
        architecture =
                switch (architecture) {
                    case "x86_64", "x86-64" -> "amd64";
                    case "aarch64" -> "arm64";
                    case "i386" -> "386";
                    case "armhf" -> "arm";
                    default -> architecture;
                };
        variant = normalised(architecture, variant);
    }

    private static String normalised(String architecture, String variant) {
        return switch (architecture) {
            case "amd64" -> variant.equals("v1") ? "" : variant;
            case "arm64" -> variant.equals("v8") || variant.equals("8") ? "" : variant;
            case "arm" ->
                    switch (variant) {
                        case "", "7" -> "v7";
                        case "5", "6", "8" -> "v" + variant;
                        default -> variant;
                    };
            default -> variant;
        };
    }

    /** The platform of the machine this JVM runs on, without a variant of its own. */
    public static Platform ofThisMachine() {
        return new Platform("linux", System.getProperty("os.arch"), "");
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
