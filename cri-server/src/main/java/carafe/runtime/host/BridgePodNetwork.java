package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.linux.Fd;
import carafe.linux.SyscallException;
import carafe.linux.netlink.NetlinkSocket;
import carafe.network.bridge.BridgeNetwork;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.port.PodNetwork;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** Pods on the built-in bridge. Thread-safe. */
public final class BridgePodNetwork implements PodNetwork {
    private final BridgeNetwork bridge;

    public BridgePodNetwork(BridgeNetwork bridge) {
        this.bridge = bridge;
    }

    @Override
    public void prepare(Request request, OptionalInt netlink) {
        if (netlink.isEmpty()) {
            return;
        }
        try {
            bridge.prepare(request.podId(), NetlinkSocket.over(Fd.owning(netlink.getAsInt())));
        } catch (SyscallException e) {
            throw new CarafeException.Unavailable(
                    "take over the netlink socket of pod sandbox %s: %s"
                            .formatted(request.podId(), e.getMessage()),
                    e);
        }
    }

    @Override
    public boolean wantsCgroup() {
        return false;
    }

    @Override
    public Attachment attach(Request request) {
        return new Attachment(bridge.attach(CniPodNetwork.translate(request)));
    }

    @Override
    public void detach(Request request) {
        bridge.detach(request.podId());
    }

    @Override
    public void recover(List<Known> pods) {
        bridge.recover(
                pods.stream()
                        .collect(
                                Collectors.toMap(
                                        each -> each.request().podId(), Known::addresses)));
    }

    @Override
    public void announce(String podCidr) {
        bridge.announce(podCidr);
    }

    @Override
    public Set<String> attached() {
        return bridge.attached();
    }

    /** Whether pods can be attached. */
    boolean isUsable() {
        return bridge.isUsable();
    }

    @Override
    public RuntimeCondition readiness() {
        return bridge.problem()
                .map(why ->
                        new RuntimeCondition(
                                CniPodNetwork.CONDITION,
                                false,
                                "BridgeNotUsable",
                                "the built-in bridge cannot be used: " + why))
                .orElseGet(() -> new RuntimeCondition(CniPodNetwork.CONDITION, true, "", ""));
    }
}
