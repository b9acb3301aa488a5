package carafe.image.signature;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.image.Image;
import carafe.image.pull.ImageSource;
import carafe.image.reference.Digest;
import carafe.image.reference.ImageReference;
import carafe.image.registry.RegistrySession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Lets images through as the policy says: when they are pulled, with the signatures that the
 * registry has, and when they are used, with the signatures that were stored then and the policy
 * and keys of now. Every refusal is {@link CarafeException.Denied} and begins with {@code
 * SignatureValidationFailed}; a policy that cannot be read refuses everything. Thread-safe.
 */
public final class SignatureGate {
    private volatile PolicyFile policy;
    private final ClaimFiles claims;
    private final Duration guard;

    /**
     * @param policyFile may be missing
     * @param dir owned by the gate
     * @param guard how long signatures of no image are kept: those of a pull that is under way
     * @throws CarafeException.Internal when the directory cannot be used
     */
    public SignatureGate(Path policyFile, Path dir, DurableFiles files, Duration guard) {
        this.policy = new PolicyFile(policyFile);
        this.guard = guard;
        try {
            this.claims = new ClaimFiles(dir, files);
        } catch (IOException e) {
            throw new CarafeException.Internal("cannot use %s: %s".formatted(dir, e), e);
        }
    }

    /** Takes over another policy file. */
    public void reconfigure(Path policyFile) {
        policy = new PolicyFile(policyFile);
    }

    private Rule rule(String name) {
        try {
            return policy.load().of(name);
        } catch (CarafeException.Precondition e) {
            throw Refused.because("the policy cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * A source that gives nothing which the policy does not let through. What is rejected by its
     * name is refused at once, before the registry is asked.
     *
     * @param sessions opens a session for a reference with the caller's credentials
     */
    public ImageSource guard(
            ImageReference reference,
            ImageSource source,
            Function<ImageReference, RegistrySession> sessions) {
        return switch (rule(reference.name())) {
            case Rule.Accept _ -> source;
            case Rule.Reject reject -> throw rejected(reference.name(), reject);
            case Rule.Signed signed ->
                    new GuardedSource(
                            source,
                            digest ->
                                    admit(
                                            reference,
                                            digest,
                                            signed,
                                            new CosignTag(sessions).fetch(reference, digest)));
        };
    }

    private void admit(
            ImageReference reference, Digest digest, Rule.Signed rule, List<SignedClaim> found) {
        String why = refusal(rule, reference.name(), digest, found);
        if (!why.isEmpty()) {
            throw Refused.because(
                    "%s (%s): %s at %s"
                            .formatted(reference, digest, why, CosignTag.of(reference, digest)));
        }
        try {
            claims.write(digest, found);
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "cannot store the signatures of %s: %s".formatted(reference, e), e);
        }
    }

    /** Why none of the signatures is good enough; empty when one is. */
    private static String refusal(
            Rule.Signed rule, String name, Digest digest, List<SignedClaim> found) {
        String keys =
                rule.keys().stream()
                        .map(each -> String.valueOf(each.getFileName()))
                        .collect(Collectors.joining(", "));
        String demand = "policy \"%s\" demands a signature by %s".formatted(rule.prefix(), keys);
        if (found.isEmpty()) {
            return demand + ", there is none";
        }
        Set<String> reasons = new LinkedHashSet<>();
        for (Path file : rule.keys()) {
            VerificationKey key = key(file);
            for (SignedClaim each : found.stream().filter(c -> c.isBy(key)).toList()) {
                String contradiction = each.contradiction(digest, name, rule.identity());
                if (contradiction.isEmpty()) {
                    return "";
                }
                reasons.add(contradiction);
            }
        }
        return reasons.isEmpty()
                ? "%s, none of the %d signatures is".formatted(demand, found.size())
                : "%s, but of the one there is: %s".formatted(demand, String.join("; ", reasons));
    }

    private static VerificationKey key(Path file) {
        try {
            return VerificationKey.read(file);
        } catch (CarafeException.Precondition e) {
            throw Refused.because("the policy cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * Whether an image that is on this node may be used now.
     *
     * @param asked the names that the request has for it, ids too; empty texts are none
     * @throws CarafeException.Denied when it may not
     */
    public void admitUse(Image image, List<String> asked) {
        List<ImageReference> names = names(image, asked);
        if (names.isEmpty()) {
            checkNameless(image);
            return;
        }
        CarafeException.Denied first = null;
        for (ImageReference name : names) {
            try {
                admitUse(image, name);
                return;
            } catch (CarafeException.Denied e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** Imported without a name: only the default can say anything of it. */
    private void checkNameless(Image image) {
        switch (rule("")) {
            case Rule.Accept _ -> {}
            case Rule.Reject reject -> throw rejected(image.id(), reject);
            case Rule.Signed signed ->
                    throw Refused.because(
                            "%s has no name that a signature could be found by, and policy \"%s\""
                                            .formatted(image.id(), signed.prefix())
                                    + " demands one");
        }
    }

    private void admitUse(Image image, ImageReference name) {
        switch (rule(name.name())) {
            case Rule.Accept _ -> {}
            case Rule.Reject reject -> throw rejected(name.name(), reject);
            case Rule.Signed signed -> admitSigned(image, name.name(), signed);
        }
    }

    private void admitSigned(Image image, String name, Rule.Signed rule) {
        String last = "it was not pulled from there";
        for (Digest digest : digests(image, name)) {
            last = refusal(rule, name, digest, claims.read(digest));
            if (last.isEmpty()) {
                return;
            }
        }
        throw Refused.because("%s as %s: %s; pull it again".formatted(image.id(), name, last));
    }

    private static List<Digest> digests(Image image, String name) {
        return image.repoDigests().stream()
                .map(ImageReference::parse)
                .filter(each -> each.name().equals(name))
                .flatMap(each -> java.util.stream.Stream.ofNullable(each.digest()))
                .toList();
    }

    /** The names that the request says, or, if it says only an id, all that the image has. */
    private static List<ImageReference> names(Image image, List<String> asked) {
        List<ImageReference> all = new ArrayList<>();
        for (String each : image.repoDigests()) {
            all.add(ImageReference.parse(each));
        }
        for (String each : image.repoTags()) {
            all.add(ImageReference.parse(each));
        }
        Set<String> own = all.stream().map(ImageReference::name).collect(Collectors.toSet());
        List<ImageReference> said = new ArrayList<>();
        for (String text : asked) {
            if (text.isEmpty()) {
                continue;
            }
            try {
                ImageReference reference = ImageReference.parse(text);
                if (own.contains(reference.name())) {
                    said.add(reference);
                }
            } catch (CarafeException.Invalid e) {
                // an id
            }
        }
        return said.isEmpty() ? all : said;
    }

    private static CarafeException.Denied rejected(String name, Rule.Reject rule) {
        return Refused.because("%s is rejected by policy \"%s\"".formatted(name, rule.prefix()));
    }

    /** Deletes stored signatures of images that are gone. */
    public void keepOnly(List<Image> images) {
        Set<Digest> digests =
                images.stream()
                        .flatMap(image -> image.repoDigests().stream())
                        .map(ImageReference::parse)
                        .flatMap(each -> java.util.stream.Stream.ofNullable(each.digest()))
                        .collect(Collectors.toSet());
        claims.keepOnly(digests, guard.toMillis());
    }
}
