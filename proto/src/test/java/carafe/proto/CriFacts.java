package carafe.proto;

import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes a protocol down in the form of cri-facts.tsv, one line for each fact. */
final class CriFacts {
    private final String prefix;
    private final List<String> facts = new ArrayList<>();

    private CriFacts(FileDescriptor file) {
        prefix = file.getPackage() + ".";
        file.getServices().forEach(this::service);
        file.getMessageTypes().forEach(this::message);
        file.getEnumTypes().forEach(this::enumeration);
    }

    static List<String> of(FileDescriptor file) {
        return List.copyOf(new CriFacts(file).facts);
    }

    private void service(ServiceDescriptor service) {
        fact("service", service.getName());
        for (MethodDescriptor rpc : service.getMethods()) {
            fact(
                    "rpc",
                    service.getName(),
                    rpc.getName(),
                    name(rpc.getInputType().getFullName()),
                    name(rpc.getOutputType().getFullName()),
                    kind(rpc));
        }
    }

    private static String kind(MethodDescriptor rpc) {
        if (rpc.isClientStreaming()) {
            return "client-stream";
        }
        return rpc.isServerStreaming() ? "server-stream" : "unary";
    }

    private void message(Descriptor message) {
        String owner = name(message.getFullName());
        fact("message", owner);
        for (FieldDescriptor field : message.getFields()) {
            String number = Integer.toString(field.getNumber());
            fact(
                    "field",
                    owner,
                    field.getName(),
                    number,
                    type(field),
                    label(field),
                    options(field));
        }
        message.getEnumTypes().forEach(this::enumeration);
        message.getNestedTypes().stream()
                .filter(nested -> !nested.getOptions().getMapEntry())
                .forEach(this::message);
    }

    private void enumeration(EnumDescriptor enumeration) {
        String owner = name(enumeration.getFullName());
        fact("enum", owner);
        for (EnumValueDescriptor value : enumeration.getValues()) {
            fact("value", owner, value.getName(), Integer.toString(value.getNumber()));
        }
    }

    private String type(FieldDescriptor field) {
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            String key = type(entry.findFieldByNumber(1));
            return "map<%s,%s>".formatted(key, type(entry.findFieldByNumber(2)));
        }
        return switch (field.getJavaType()) {
            case MESSAGE -> name(field.getMessageType().getFullName());
            case ENUM -> name(field.getEnumType().getFullName());
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
                    field.toProto()
                            .getType()
                            .name()
                            .substring("TYPE_".length())
                            .toLowerCase(Locale.ROOT);
        };
    }

    private static String label(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map";
        }
        if (field.isRepeated()) {
            return "repeated";
        }
        // An "optional" field would be one more oneof, so this finds both.
        return field.getContainingOneof() == null ? "singular" : "oneof";
    }

    private static String options(FieldDescriptor field) {
        FieldOptions options = field.getOptions();
        List<String> set = new ArrayList<>();
        if (options.getDeprecated()) {
            set.add("deprecated");
        }
        if (options.getDebugRedact()) {
            set.add("debug_redact");
        }
        return set.isEmpty() ? "-" : String.join(",", set);
    }

    private String name(String fullName) {
        if (!fullName.startsWith(prefix)) {
            throw new IllegalStateException(fullName + " is outside of " + prefix);
        }
        return fullName.substring(prefix.length());
    }

    private void fact(String... columns) {
        facts.add(String.join("\t", columns));
    }
}
