package carafe.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.stream.Stream;

/** For each leaf field of a message, the message with only that field set to something. */
final class FieldSamples {
    private FieldSamples() {}

    /**
     * A message without and with a field.
     *
     * @param path dotted
     */
    record Sample(String path, Message without, Message with) {}

    /**
     * @param base what must be there for the message to be valid
     */
    static Stream<Sample> of(Message base) {
        return base.getDescriptorForType().getFields().stream().flatMap(field -> each(base, field));
    }

    /** Dotted paths of the leaf fields that are not set. */
    static Stream<String> unset(Message message) {
        return message.getDescriptorForType().getFields().stream()
                .flatMap(field -> unset(message, field));
    }

    private static Stream<String> unset(Message message, FieldDescriptor field) {
        boolean nested =
                field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated();
        if (nested && message.hasField(field)) {
            return unset((Message) message.getField(field)).map(sub -> field.getName() + "." + sub);
        }
        boolean set =
                field.isRepeated()
                        ? message.getRepeatedFieldCount(field) > 0
                        : message.hasField(field);
        return set ? Stream.empty() : Stream.of(field.getName());
    }

    private static Stream<Sample> each(Message base, FieldDescriptor field) {
        if (field.isMapField()) {
            Message.Builder entry = base.toBuilder().newBuilderForField(field);
            entry.setField(field.getMessageType().findFieldByName("key"), "k");
            entry.setField(field.getMessageType().findFieldByName("value"), "v");
            return Stream.of(new Sample(field.getName(), base, put(base, field, entry.build())));
        }
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return Stream.of(new Sample(field.getName(), base, put(base, field, scalar(field))));
        }
        Message start =
                valid(
                        field.isRepeated()
                                ? base.toBuilder().newBuilderForField(field).build()
                                : (Message) base.getField(field));
        return of(start)
                .map(sub ->
                        new Sample(
                                field.getName() + "." + sub.path(),
                                put(base, field, sub.without()),
                                put(base, field, sub.with())));
    }

    private static Message put(Message base, FieldDescriptor field, Object value) {
        Message.Builder builder = base.toBuilder();
        return field.isRepeated()
                ? builder.addRepeatedField(field, value).build()
                : builder.setField(field, value).build();
    }

    /** What a nested message needs before one of its other fields can mean something. */
    private static Message valid(Message message) {
        Message.Builder builder = message.toBuilder();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            switch (field.getFullName()) {
                case "runtime.v1.Mount.container_path", "runtime.v1.Device.host_path" ->
                        builder.setField(field, "/base");
                case "runtime.v1.KeyValue.key", "runtime.v1.ImageSpec.image" ->
                        builder.setField(field, "base");
                default -> {}
            }
        }
        return builder.build();
    }

    private static Object scalar(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> text(field.getName());
            case BYTE_STRING -> ByteString.copyFromUtf8("bytes");
            case INT -> 7;
            case LONG -> 7L;
            case BOOLEAN -> true;
            case ENUM -> lastOf(field);
            case FLOAT, DOUBLE, MESSAGE -> throw new IllegalStateException(field.getFullName());
        };
    }

    /** A value that passes the checks of its field. */
    private static String text(String field) {
        return switch (field) {
            case "container_path", "host_path", "log_directory", "masked_paths", "readonly_paths" ->
                    "/sample";
            case "seccomp_profile_path", "apparmor_profile" -> "localhost/sample";
            default -> "sample";
        };
    }

    private static EnumValueDescriptor lastOf(FieldDescriptor field) {
        return field.getEnumType().getName().equals("ProfileType")
                ? field.getEnumType().getValues().get(1) // Localhost needs a second field
                : field.getEnumType().getValues().getLast();
    }
}
