package carafe.server;

import carafe.base.trace.Spans;
import carafe.metrics.Families;
import carafe.metrics.Meters;
import carafe.metrics.Timing;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.port.PodNetwork;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** A network that tells how long attaching and detaching take. As thread-safe as the network. */
final class TimedNetwork implements PodNetwork {
    private final PodNetwork network;
    private final Timing timing;

    TimedNetwork(PodNetwork network, Meters meters) {
        this.network = network;
        this.timing = meters.timing(Families.NETWORK);
    }

    @Override
    public void prepare(Request request, OptionalInt netlink) {
        network.prepare(request, netlink);
    }

    @Override
    public boolean wantsCgroup() {
        return network.wantsCgroup();
    }

    @Override
    public Attachment attach(Request request) {
        long begin = System.nanoTime();
        String result = "failed";
        try {
            Attachment attachment = network.attach(request);
            result = "ok";
            return attachment;
        } finally {
            timing.nanos(System.nanoTime() - begin, Spans.current().trace(), "attach", result);
        }
    }

    @Override
    public void detach(Request request) {
        long begin = System.nanoTime();
        String result = "failed";
        try {
            network.detach(request);
            result = "ok";
        } finally {
            timing.nanos(System.nanoTime() - begin, Spans.current().trace(), "detach", result);
        }
    }

    @Override
    public void recover(List<Known> pods) {
        network.recover(pods);
    }

    @Override
    public void announce(String podCidr) {
        network.announce(podCidr);
    }

    @Override
    public Set<String> attached() {
        return network.attached();
    }

    @Override
    public RuntimeCondition readiness() {
        return network.readiness();
    }
}
