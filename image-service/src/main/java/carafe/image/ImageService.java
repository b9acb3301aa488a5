package carafe.image;

import carafe.image.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Images on this node: pulled from registries or imported, listed, removed, and prepared as root
 * file systems of containers. An image that is listed is complete and survives a power cut.
 *
 * <p>Thread-safe. Failures are {@link carafe.base.CarafeException}s whose messages can be shown to
 * users: no message, log line or record of this service contains a credential.
 */
public interface ImageService {
    /**
     * Pulls what the reference names for this node's platform. Concurrent pulls share their
     * downloads. Interrupting the caller, or its deadline, gives up this caller only; when nobody
     * waits for the image any more, the download ends and what it had unpacked is freed.
     *
     * @throws carafe.base.CarafeException.Invalid for a malformed reference, manifest or layer
     * @throws carafe.base.CarafeException.NotFound when the registry has no such image, or none for
     *     this platform
     * @throws carafe.base.CarafeException.Denied when credentials are missing or wrong, or, with a
     *     message that starts with {@code SignatureValidationFailed}, when the policy refuses it
     * @throws carafe.base.CarafeException.Unavailable when the registry does not answer; the
     *     message starts with {@code RegistryUnavailable}
     * @throws carafe.base.CarafeException.Exhausted when the disk is full or a bound was exceeded
     * @throws carafe.base.CarafeException.Deadline when the request's deadline passed
     */
    Image pull(PullRequest request);

    /** The pulls under way, oldest first; imports are among them. */
    default List<PullStatus> pulls() {
        return List.of();
    }

    /**
     * Finds an image by tag, digest reference, id, or unique prefix of an id; short names mean what
     * they mean to a pull.
     *
     * @throws carafe.base.CarafeException.Invalid when the text can name no image, or is a prefix
     *     of several ids
     */
    Optional<Image> find(String tagDigestIdOrPrefix);

    /**
     * As {@link #find}, of an image that is about to be used: whatever the policy and its keys say
     * now of the names that it is asked for by.
     *
     * @param userSpecified the name that a user wrote, when the other was made of it; may be empty
     * @throws carafe.base.CarafeException.Denied when it may not be used; the message starts with
     *     {@code SignatureValidationFailed}
     */
    Optional<Image> findForUse(String tagDigestIdOrPrefix, String userSpecified);

    /** All images, one entry per id, in no particular order. */
    List<Image> list();

    /**
     * Removes the image that the name finds, with all its names; no such image is success. Running
     * containers keep their layers, which are freed when the last one is released.
     */
    void remove(String tagDigestIdOrPrefix);

    /** What images and the writable layers of containers occupy. */
    StoreUsage usage();

    /**
     * Reads an image, or all, again from the disk and compares it with what was pulled.
     *
     * @param tagDigestIdOrPrefix empty for all images
     * @throws carafe.base.CarafeException.NotFound when there is no such image
     * @throws carafe.base.CarafeException.Precondition when images are being verified already
     */
    Verification verify(Optional<String> tagDigestIdOrPrefix);

    /**
     * What a container has written so far, measured at most 10 seconds ago; empty when it has no
     * directories here.
     */
    Optional<FsUsage> written(String containerId);

    /**
     * Imports an OCI image layout (directory or tar archive) or a docker archive. Names that the
     * archive itself carries are ignored.
     *
     * @param name the tag to give, or empty for an image known by its id only
     * @throws carafe.base.CarafeException.NotFound when there is no such file
     * @throws carafe.base.CarafeException.Invalid when it holds no image for this platform, or
     *     several
     */
    Image importFrom(Path ociLayoutDirOrArchive, Optional<String> name);

    /**
     * The image's configuration, byte for byte as it was pulled (JSON).
     *
     * @throws carafe.base.CarafeException.NotFound when no image has this id
     */
    String configJson(String imageId);

    /**
     * Makes the directories of a container's root file system and keeps the image's layers until
     * {@link #release}. Calling it again for the same container gives the same directories.
     *
     * @throws carafe.base.CarafeException.NotFound when no image has this id
     */
    Snapshot prepare(String imageId, String containerId);

    /** The containers that have directories here, so that those of unknown ones can be released. */
    Set<String> prepared();

    /** Removes the container's directories and frees layers nobody uses; idempotent. */
    void release(String containerId);
}
