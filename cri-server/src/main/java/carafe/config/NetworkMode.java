package carafe.config;

/** Who makes pod networks. */
public enum NetworkMode {
    AUTO,
    CNI,
    BRIDGE
}
