package carafe.rpc;

import carafe.image.ImageService;
import carafe.image.Verification;
import carafe.image.Verification.Damage;
import com.google.protobuf.ListValue;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.List;
import java.util.Optional;

/** Reads images again from the disk; the request names one, or none for all. */
record VerifyImages(ImageService images) implements Rpc<StringValue, Struct> {
    @Override
    public Struct call(StringValue request, Call call) {
        String name = request.getValue();
        call.note("image", name.isEmpty() ? "all" : name);
        Verification found = images.verify(name.isEmpty() ? Optional.empty() : Optional.of(name));
        call.note("damages", found.damages().size());
        return message(found);
    }

    private static Struct message(Verification found) {
        return Struct.newBuilder()
                .putFields("images", number(found.images()))
                .putFields("layers", number(found.layers()))
                .putFields("files", number((double) found.files()))
                .putFields("bytes", number((double) found.bytes()))
                .putFields("damages", list(found.damages()))
                .putFields("unproven", list(found.unproven()))
                .build();
    }

    private static Value number(double value) {
        return Value.newBuilder().setNumberValue(value).build();
    }

    private static Value list(List<Damage> damages) {
        ListValue.Builder list = ListValue.newBuilder();
        for (Damage each : damages) {
            list.addValues(
                    Value.newBuilder()
                            .setStructValue(
                                    Struct.newBuilder()
                                            .putFields("subject", text(each.subject()))
                                            .putFields("path", text(each.path()))
                                            .putFields("what", text(each.what()))));
        }
        return Value.newBuilder().setListValue(list).build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    /** What a daemon's answer says. */
    static Verification read(Struct answer) {
        return new Verification(
                (int) number(answer, "images"),
                (int) number(answer, "layers"),
                (long) number(answer, "files"),
                (long) number(answer, "bytes"),
                damages(answer, "damages"),
                damages(answer, "unproven"));
    }

    private static double number(Struct answer, String field) {
        return answer.getFieldsOrDefault(field, Value.getDefaultInstance()).getNumberValue();
    }

    private static List<Damage> damages(Struct answer, String field) {
        return answer
                .getFieldsOrDefault(field, Value.getDefaultInstance())
                .getListValue()
                .getValuesList()
                .stream()
                .map(Value::getStructValue)
                .map(each ->
                        new Damage(text(each, "subject"), text(each, "path"), text(each, "what")))
                .toList();
    }

    private static String text(Struct message, String field) {
        return message.getFieldsOrDefault(field, Value.getDefaultInstance()).getStringValue();
    }
}
