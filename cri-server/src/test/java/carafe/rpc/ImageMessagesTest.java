package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.image.RegistryAuth;
import carafe.proto.cri.AuthConfig;
import carafe.proto.cri.Image;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageMessagesTest {
    @ParameterizedTest
    @CsvSource({"1000:100,1000", "0,0", "65534,65534"})
    void aNumericUserIsAnId(String user, long uid) {
        Image image = image(user);
        assertThat(image.getUid().getValue()).isEqualTo(uid);
        assertThat(image.getUsername()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"nobody:nogroup,nobody", "'',''", "app,app"})
    void anyOtherUserIsAName(String user, String name) {
        Image image = image(user);
        assertThat(image.hasUid()).isFalse();
        assertThat(image.getUsername()).isEqualTo(name);
    }

    @Test
    void everyFieldOfAnImageIsFilled() {
        assertThat(FieldSamples.unset(image("app")))
                .containsExactlyInAnyOrder(
                        "uid",
                        "spec.user_specified_image",
                        "spec.runtime_handler",
                        "spec.image_ref");
    }

    @Test
    void everyCredentialReachesTheImageService() {
        AuthConfig auth =
                AuthConfig.newBuilder()
                        .setUsername("u")
                        .setPassword("p")
                        .setAuth("a")
                        .setServerAddress("s")
                        .setIdentityToken("i")
                        .setRegistryToken("r")
                        .build();
        assertThat(FieldSamples.unset(auth)).isEmpty();
        assertThat(ImageMessages.auth(auth))
                .contains(new RegistryAuth("u", "p", "a", "s", "i", "r"));
        assertThat(ImageMessages.auth(AuthConfig.getDefaultInstance())).isEmpty();
    }

    private static Image image(String user) {
        return ImageMessages.image(new FakeImages(user).list().getFirst());
    }
}
