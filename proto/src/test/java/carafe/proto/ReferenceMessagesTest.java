package carafe.proto;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.CriProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every message of the protocol with every field set, written by the Go bindings that kubelet uses.
 * The value in a field follows from the field's name and number (the rule is in the file), so that
 * two texts or two numbers mixed up are found; for flags only CriFactsTest can tell.
 */
final class ReferenceMessagesTest {
    record Reference(String message, ByteString bytes) {
        @Override
        public String toString() {
            return message;
        }
    }

    static List<Reference> references() {
        return TestTable.rows("reference-messages.tsv").stream()
                .map(row -> new Reference(row.get(0), bytes(row.get(1))))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("references")
    void messageIsUnderstoodAndWrittenAlike(Reference reference) throws Exception {
        Message message = parser(reference.message()).parseFrom(reference.bytes());

        assertThat(Wire.unknownFieldsIn(message)).isEmpty();
        assertEveryFieldHasItsValue(message);
        // No map here has a second entry, so the bytes have one possible order.
        assertThat(message.toByteString()).isEqualTo(reference.bytes());
    }

    @Test
    void everyMessageIsThere() {
        assertThat(references().stream().map(Reference::message))
                .containsExactlyInAnyOrderElementsOf(
                        CriProto.getDescriptor().getMessageTypes().stream()
                                .map(Descriptor::getName)
                                .toList());
    }

    @SuppressWarnings("unchecked")
    private static Parser<? extends Message> parser(String message) throws Exception {
        Class<?> generated = Class.forName("carafe.proto.cri." + message);
        return (Parser<? extends Message>) generated.getMethod("parser").invoke(null);
    }

    private static ByteString bytes(String hexDigits) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hexDigits));
    }

    private static void assertEveryFieldHasItsValue(Message message) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            Object value = message.getField(field);
            if (field.isMapField()) {
                Message entry = (Message) ((List<?>) value).getFirst();
                assertThat(entry.getAllFields().values()).containsExactly("key", field.getName());
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                assertThat(field.isRepeated() || message.hasField(field)).isTrue();
                Object nested = field.isRepeated() ? ((List<?>) value).getFirst() : value;
                assertEveryFieldHasItsValue((Message) nested);
            } else {
                Object expected = expected(field);
                assertThat(value)
                        .as(field.getFullName())
                        .isEqualTo(field.isRepeated() ? List.of(expected, expected) : expected);
            }
        }
    }

    /** Java has no unsigned numbers: the highest one minus n is -1 - n here. */
    private static Object expected(FieldDescriptor field) {
        int number = field.getNumber();
        return switch (field.getType()) {
            case STRING -> field.getName();
            case BYTES ->
                    ByteString.copyFromUtf8(field.getName())
                            .concat(ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xfe}));
            case BOOL -> true;
            case ENUM -> field.getEnumType().getValues().getLast();
            case INT32 -> Integer.MIN_VALUE + number;
            case INT64 -> Long.MIN_VALUE + number;
            case UINT32 -> -1 - number;
            case UINT64 -> -1L - number;
            case DOUBLE -> number + 0.5;
            case FLOAT, FIXED32, FIXED64, SFIXED32, SFIXED64, SINT32, SINT64, GROUP, MESSAGE ->
                    throw new IllegalStateException("CRI has no " + field.getType());
        };
    }
}
