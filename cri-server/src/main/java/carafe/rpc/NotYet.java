package carafe.rpc;

import carafe.base.CarafeException;

/** An RPC that Carafe does not answer yet; the caller reads what to use meanwhile. */
record NotYet<Q, R>(String rpc, String meanwhile) implements Rpc<Q, R> {
    @Override
    public R call(Q request, Call call) {
        throw new CarafeException.Unsupported(
                "%s is not implemented yet; %s".formatted(rpc, meanwhile));
    }
}
