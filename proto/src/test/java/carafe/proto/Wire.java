package carafe.proto;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Questions about a parsed message and all messages inside it. */
final class Wire {
    private Wire() {}

    /** Names of messages that hold bytes our protocol has no field for; empty is what we want. */
    static List<String> unknownFieldsIn(Message message) {
        return tree(message)
                .filter(part -> !part.getUnknownFields().asMap().isEmpty())
                .map(part -> part.getDescriptorForType().getFullName())
                .distinct()
                .toList();
    }

    /**
     * Whether some map has two or more entries. Protobuf leaves their order open, so two correct
     * writers may then differ in bytes.
     */
    static boolean hasOpenOrder(Message message) {
        return tree(message)
                .flatMap(part -> part.getAllFields().entrySet().stream())
                .anyMatch(field -> field.getKey().isMapField() && size(field) > 1);
    }

    private static int size(Map.Entry<FieldDescriptor, Object> field) {
        return ((List<?>) field.getValue()).size();
    }

    private static Stream<Message> tree(Message message) {
        Stream<Message> below =
                message.getAllFields().values().stream()
                        .flatMap(
                                value -> value instanceof List<?> l ? l.stream() : Stream.of(value))
                        .filter(Message.class::isInstance)
                        .map(Message.class::cast)
                        .flatMap(Wire::tree);
        return Stream.concat(Stream.of(message), below);
    }
}
