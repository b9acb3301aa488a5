package carafe.server.doctor;

import carafe.linux.isal.Isal;
import java.util.List;

/** With what layers of type gzip are decoded. */
record DecoderCheck() implements Check {
    @Override
    public List<Finding> run() {
        Finding finding =
                Isal.load()
                        .map(isal ->
                                Finding.ok(
                                        "libisal", isal.file() + "; decodes layers of type gzip"))
                        .orElseGet(() ->
                                Finding.warn(
                                        "libisal",
                                        Isal.find()
                                                .map(file -> file + " cannot be used")
                                                .orElse("not found"),
                                        "layers of type gzip are decoded by the JDK, half as fast",
                                        "apt-get install libisal2"));
        return List.of(finding);
    }
}
