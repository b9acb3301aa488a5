package carafe.runtime.fake;

import carafe.base.CarafeException;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.port.PodNetwork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network that remembers who is attached. Thread-safe. */
public final class FakeNetwork implements PodNetwork {
    private final Faults faults;
    private final Set<String> attached = ConcurrentHashMap.newKeySet();
    private final List<Request> detached = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean broken;
    private boolean deaf;

    FakeNetwork(Faults faults) {
        this.faults = faults;
    }

    @Override
    public Set<String> attached() {
        return Set.copyOf(attached);
    }

    public List<Request> detached() {
        return List.copyOf(detached);
    }

    /**
     * Nobody is attached from now on: of a daemon that has died no thread goes on, also not the one
     * that was about to attach.
     */
    public synchronized void attachNobody() {
        deaf = true;
    }

    private synchronized Attachment attached(String podId) {
        if (deaf) {
            throw new IllegalStateException("the daemon that asks is dead");
        }
        attached.add(podId);
        return new Attachment(List.of("10.88.0.7", "fd00::7"));
    }

    /** Every detach fails until told otherwise. */
    public void setBroken(boolean isBroken) {
        broken = isBroken;
    }

    @Override
    public void prepare(Request request, OptionalInt netlink) {
        // Nothing goes ahead here.
    }

    @Override
    public boolean wantsCgroup() {
        return false;
    }

    @Override
    public Attachment attach(Request request) {
        return faults.run(
                "network.attach",
                () -> attached(request.podId()),
                CarafeException.Unavailable::new);
    }

    @Override
    public void detach(Request request) {
        faults.run(
                "network.detach",
                () -> {
                    if (broken) {
                        throw new CarafeException.Unavailable("the plugin fails");
                    }
                    attached.remove(request.podId());
                    return detached.add(request);
                },
                CarafeException.Unavailable::new);
    }

    @Override
    public void recover(List<Known> pods) {
        attached.retainAll(pods.stream().map(each -> each.request().podId()).toList());
    }

    @Override
    public void announce(String podCidr) {
        // All pods have the same addresses.
    }

    @Override
    public RuntimeCondition readiness() {
        return new RuntimeCondition("NetworkReady", true, "", "");
    }
}
