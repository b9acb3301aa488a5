package carafe.rpc;

/** The pod address range that kubelet last announced; empty until then. Thread-safe. */
final class PodCidr {
    private volatile String range = "";

    void set(String range) {
        this.range = range;
    }

    String get() {
        return range;
    }
}
