package carafe.rpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Puts the routes of one gRPC service together; a method without a route is an error at start. */
final class Services {
    private Services() {}

    /**
     * @param routes what is answered
     * @param notYet bare names of the other methods, and what to use meanwhile
     * @throws IllegalArgumentException when a method of the service is in neither
     */
    static ServerServiceDefinition define(
            ServiceDescriptor service,
            RpcAdapter adapter,
            List<? extends Endpoint<?, ?>> routes,
            Map<String, String> notYet) {
        Map<String, Endpoint<?, ?>> byMethod =
                routes.stream()
                        .collect(
                                Collectors.toMap(
                                        r -> r.method().getFullMethodName(), Function.identity()));
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
        for (MethodDescriptor<?, ?> method : service.getMethods()) {
            Endpoint<?, ?> route = byMethod.get(method.getFullMethodName());
            if (route == null) {
                route = unanswered(method, notYet);
            }
            definition.addMethod(bind(adapter, route));
        }
        return definition.build();
    }

    private static <Q, R> Route<Q, R> unanswered(
            MethodDescriptor<Q, R> method, Map<String, String> notYet) {
        String name = String.valueOf(method.getBareMethodName());
        String meanwhile = notYet.get(name);
        if (meanwhile == null) {
            throw new IllegalArgumentException("no class answers " + method.getFullMethodName());
        }
        return Route.always(method, new NotYet<>(name, meanwhile));
    }

    private static <Q, R> ServerMethodDefinition<Q, R> bind(
            RpcAdapter adapter, Endpoint<Q, R> route) {
        return ServerMethodDefinition.create(route.method(), adapter.handler(route));
    }
}
