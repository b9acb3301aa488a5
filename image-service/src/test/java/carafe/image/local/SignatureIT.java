package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.local.CosignMaker.Signer;
import carafe.testkit.image.OciLayout;
import carafe.testkit.image.TestImage;
import carafe.testkit.registry.RealRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policy and signatures, with signatures of our own in a real docker-registry. */
class SignatureIT {
    @TempDir private static Path shared;
    private static RealRegistry registry;

    @TempDir private Path root;
    private LocalImages images;
    private Signer signer;
    private String repository;
    private String name;
    private String reference;
    private String digest;

    @BeforeAll
    static void startRegistry() throws Exception {
        assumeThat(RealRegistry.isInstalled()).as("docker-registry is installed").isTrue();
        registry = RealRegistry.start(shared);
    }

    @AfterAll
    static void stopRegistry() {
        if (registry != null) {
            registry.close();
        }
    }

    @BeforeEach
    void push() throws Exception {
        TestImage image = TestImage.oci("{}", TestImages.layer(1, 10_000));
        Path layout = Files.createDirectory(root.resolve("layout"));
        new OciLayout().add(image).writeTo(layout);
        repository = "team/" + UUID.randomUUID();
        name = registry.host() + "/" + repository;
        reference = registry.copy("oci:" + layout, repository + ":1");
        digest = image.manifest().digest();
        signer = Signer.ecdsa();
        signer.publicKey(root.resolve("team.pub"));
        images = TestImages.open(root);
    }

    @AfterEach
    void close() {
        images.close();
    }

    private void policy(String text) throws Exception {
        Files.writeString(root.resolve("signatures.toml"), text);
    }

    private void demandSignature(String... more) throws Exception {
        policy(
                "[prefix.\"%s/team\"]\npolicy = \"signed\"\nkeys = [\"team.pub\"]\n%s\n"
                        .formatted(registry.host(), String.join("\n", more)));
    }

    private CosignMaker maker() {
        return new CosignMaker(registry.host(), repository);
    }

    private void sign(Signer by) throws Exception {
        String payload = CosignMaker.payload(name, digest);
        maker().add(payload, by.sign(payload)).push(digest);
    }

    private Image pull() {
        return images.pull(TestImages.request(reference));
    }

    private void expectRefusedPull(String why) {
        assertThatThrownBy(this::pull)
                .isInstanceOf(CarafeException.Denied.class)
                .hasMessageStartingWith("SignatureValidationFailed: " + reference)
                .hasMessageContaining(why);
        assertThat(images.list()).isEmpty();
    }

    private void expectRefusedUse(Image image, String why) {
        for (List<String> asked :
                List.of(List.of(image.id(), ""), List.of(image.id(), reference))) {
            assertThatThrownBy(() -> images.findForUse(asked.getFirst(), asked.getLast()))
                    .isInstanceOf(CarafeException.Denied.class)
                    .hasMessageStartingWith("SignatureValidationFailed: ")
                    .hasMessageContaining(why);
        }
        assertThat(images.find(image.id())).isPresent();
    }

    @Test
    void everyKindOfKeyIsVerifiedAndVerifiedAgainAfterARestart() throws Exception {
        demandSignature();
        List<Signer> signers = new ArrayList<>();
        signers.add(Signer.ecdsa());
        signers.add(Signer.of("EC", 384, "SHA256withECDSA"));
        signers.add(Signer.ed25519());
        signers.add(Signer.rsa());
        for (Signer each : signers) {
            each.publicKey(root.resolve("team.pub"));
            sign(Signer.ecdsa());
            expectRefusedPull("none of the 1 signatures is");
            sign(each);
            Image image = pull();
            images.close();
            images = TestImages.open(root);
            assertThat(images.findForUse(image.id(), reference)).contains(image);
            images.remove(image.id());
        }
        assertThat(root.resolve("images/signatures")).isDirectory();
    }

    @Test
    void whatIsNoGoodSignatureIsRefusedBeforeAnyLayerIsFetched() throws Exception {
        demandSignature();
        expectRefusedPull("there is none");

        String good = CosignMaker.payload(name, digest);
        String other = CosignMaker.payload(name, "sha256:" + "0".repeat(64));
        String wrongType = CosignMaker.payload("something else", name, digest);
        maker().add(other, signer.sign(other)).push(digest);
        expectRefusedPull("it is for another digest");
        maker().add(wrongType, signer.sign(wrongType)).push(digest);
        expectRefusedPull("its payload is not");
        maker().add(good, signer.sign(other)).add(good, "no base64").push(digest);
        expectRefusedPull("none of the 2 signatures is");
        String broken = "{\"critical\":" + "[".repeat(1000);
        maker().add(broken, signer.sign(broken)).push(digest);
        expectRefusedPull("its payload is no JSON");
        assertThat(TestImages.leftovers(root.resolve("layers"))).isEmpty();

        maker().add(other, signer.sign(other)).add(good, signer.sign(good)).push(digest);
        assertThat(pull().repoTags()).containsExactly(reference);
    }

    @Test
    void aSignatureMadeForAnotherRepositoryCountsUnlessThePolicySaysOtherwise() throws Exception {
        String copied = CosignMaker.payload("origin.example/app", digest);
        maker().add(copied, signer.sign(copied)).push(digest);

        demandSignature("identity = \"repository\"");
        expectRefusedPull("it was made for another repository");
        demandSignature("identity = \"any\"");
        pull();
    }

    @Test
    void usingChecksThePolicyAndTheKeysOfNow() throws Exception {
        Image image = pull();
        assertThat(images.findForUse(image.id(), reference)).contains(image);

        demandSignature();
        expectRefusedUse(image, "pull it again");
        sign(signer);
        assertThat(pull().id()).isEqualTo(image.id());
        assertThat(images.findForUse(image.id(), reference)).isPresent();
        assertThat(images.findForUse(reference, "")).isPresent();

        Signer.ecdsa().publicKey(root.resolve("team.pub"));
        expectRefusedUse(image, "none of the 1 signatures is");
        policy("default = \"reject\"\n");
        expectRefusedUse(image, "rejected by policy \"default\"");
        policy("[prefix.\"%s\"]\npolicy = \"accept\"\n".formatted(registry.host()));
        assertThat(images.findForUse(image.id(), "")).isPresent();
    }

    @Test
    void aPolicyThatCannotBeUsedRefusesEverything() throws Exception {
        Image image = pull();
        policy("default = \"acept\"\n");
        expectRefusedUse(image, "signatures.toml:1: default must be");
        assertThatThrownBy(this::pull).hasMessageStartingWith("SignatureValidationFailed: ");

        demandSignature();
        Files.writeString(root.resolve("team.pub"), "no key");
        sign(signer);
        assertThatThrownBy(this::pull).hasMessageContaining("team.pub holds no public key");
    }

    @Test
    void whatIsRejectedIsNotAskedFor() throws Exception {
        policy("default = \"reject\"\n[prefix.\"%s\"]\npolicy = \"accept\"\n".formatted(name));
        pull();
        assertThatThrownBy(() -> images.pull(TestImages.request("192.0.2.1/some/app:1")))
                .isInstanceOf(CarafeException.Denied.class)
                .hasMessageStartingWith(
                        "SignatureValidationFailed: 192.0.2.1/some/app is rejected by policy");
    }
}
