package carafe.runtime.seccomp;

import carafe.base.CarafeException;
import java.util.List;

/** Architectures whose calls a filter can tell apart, with their AUDIT_ARCH values. */
public enum Arch {
    X86_64(0xC000003E, "SCMP_ARCH_X86_64", "amd64"),
    I386(0x40000003, "SCMP_ARCH_X86", "x86"),
    AARCH64(0xC00000B7, "SCMP_ARCH_AARCH64", "arm64"),
    ARM(0x40000028, "SCMP_ARCH_ARM", "arm");

    private final int audit;
    private final String profileName;
    private final String shortName;

    Arch(int audit, String profileName, String shortName) {
        this.audit = audit;
        this.profileName = profileName;
        this.shortName = shortName;
    }

    /** What seccomp_data.arch holds. */
    int audit() {
        return audit;
    }

    /** The name in a profile's {@code architectures} and {@code archMap}. */
    String profileName() {
        return profileName;
    }

    /** The name in a rule's {@code includes.arches}. */
    String shortName() {
        return shortName;
    }

    /** The resource that holds its system call numbers. */
    String table() {
        return "syscalls-%s.tsv".formatted(name().toLowerCase(java.util.Locale.ROOT));
    }

    /** The architectures that a kernel of this one runs programs of, itself first. */
    List<Arch> withCompatible() {
        return switch (this) {
            case X86_64 -> List.of(X86_64, I386);
            case AARCH64 -> List.of(AARCH64, ARM);
            case I386, ARM -> List.of(this);
        };
    }

    /**
     * The architecture of a JVM's {@code os.arch}.
     *
     * @throws CarafeException.Unsupported for any other than x86-64 and arm64
     */
    public static Arch of(String osArch) {
        return switch (osArch) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            default ->
                    throw new CarafeException.Unsupported(
                            "seccomp on %s: only x86-64 and arm64 are known".formatted(osArch));
        };
    }
}
