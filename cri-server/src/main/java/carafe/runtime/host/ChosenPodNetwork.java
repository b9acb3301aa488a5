package carafe.runtime.host;

import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.port.PodNetwork;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * CNI plugins or the built-in bridge, chosen anew for every pod. A pod is detached from both, for
 * the choice may be another one by then. While there is neither, pods keep the loopback they were
 * born with, and the condition says why. Thread-safe.
 */
public final class ChosenPodNetwork implements PodNetwork {
    private final Choice choice;
    private final CniPodNetwork cni;
    private final BridgePodNetwork bridge;

    /** Who makes the networks of new pods. */
    public enum Choice {
        /** Plugins once they are configured, the bridge until then. */
        AUTO,
        CNI,
        BRIDGE
    }

    public ChosenPodNetwork(Choice choice, CniPodNetwork cni, BridgePodNetwork bridge) {
        this.choice = choice;
        this.cni = cni;
        this.bridge = bridge;
    }

    @Override
    public void prepare(Request request, OptionalInt netlink) {
        PodNetwork chosen = usesCni() ? cni : bridge;
        chosen.prepare(request, netlink);
    }

    @Override
    public boolean wantsCgroup() {
        return usesCni() && cni.wantsCgroup();
    }

    @Override
    public Attachment attach(Request request) {
        if (usesCni()) {
            return cni.attach(request);
        }
        return bridge.isUsable() ? bridge.attach(request) : new Attachment(List.of());
    }

    @Override
    public void detach(Request request) {
        cni.detach(request);
        bridge.detach(request);
    }

    @Override
    public void recover(List<Known> pods) {
        cni.recover(pods);
        bridge.recover(pods);
    }

    @Override
    public void announce(String podCidr) {
        bridge.announce(podCidr);
        cni.announce(podCidr);
    }

    @Override
    public Set<String> attached() {
        Set<String> all = new HashSet<>(cni.attached());
        all.addAll(bridge.attached());
        return all;
    }

    @Override
    public RuntimeCondition readiness() {
        if (usesCni()) {
            return cni.readiness();
        }
        RuntimeCondition own = bridge.readiness();
        return own.holds() || choice == Choice.BRIDGE
                ? own
                : new RuntimeCondition(
                        own.type(),
                        false,
                        own.reason(),
                        cni.readiness().message() + "; and " + own.message());
    }

    private boolean usesCni() {
        return switch (choice) {
            case AUTO -> cni.isConfigured();
            case CNI -> true;
            case BRIDGE -> false;
        };
    }
}
