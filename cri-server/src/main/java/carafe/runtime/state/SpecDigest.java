package carafe.runtime.state;

import carafe.runtime.api.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * A digest of a request, equal for equal requests also after a restart of the daemon. It is only
 * compared, never turned back, so secrets of the request are safe in it. Thread-safe.
 */
public final class SpecDigest {
    private final JsonMapper mapper =
            JsonMapper.builder()
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .addModule(new SimpleModule().addSerializer(Bytes.class, new OfBytes()))
                    .build();

    public String of(Record spec) {
        try {
            byte[] text = mapper.writeValueAsBytes(spec);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static final class OfBytes extends StdSerializer<Bytes> {
        OfBytes() {
            super(Bytes.class);
        }

        @Override
        public void serialize(Bytes value, JsonGenerator out, SerializationContext context)
                throws JacksonException {
            out.writeBinary(value.toArray());
        }
    }
}
