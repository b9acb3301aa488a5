package carafe.rpc;

import carafe.image.FsUsage;
import carafe.image.Image;
import carafe.image.RegistryAuth;
import carafe.proto.cri.AuthConfig;
import carafe.proto.cri.FilesystemIdentifier;
import carafe.proto.cri.FilesystemUsage;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.Int64Value;
import carafe.proto.cri.UInt64Value;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** Image records as protocol messages, and back. */
final class ImageMessages {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

    private ImageMessages() {}

    static carafe.proto.cri.Image image(Image image) {
        carafe.proto.cri.Image.Builder message =
                carafe.proto.cri.Image.newBuilder()
                        .setId(image.id())
                        .addAllRepoTags(image.repoTags())
                        .addAllRepoDigests(image.repoDigests())
                        .setSize(image.sizeBytes())
                        .setPinned(image.pinned());
        if (!image.annotations().isEmpty()) {
            message.setSpec(
                    ImageSpec.newBuilder()
                            .setImage(image.id())
                            .putAllAnnotations(image.annotations()));
        }
        String user = userPart(image.config().user());
        if (NUMBER.matcher(user).matches()) {
            message.setUid(Int64Value.newBuilder().setValue(Long.parseLong(user)));
        } else {
            message.setUsername(user);
        }
        return message.build();
    }

    /** What a caller gave; empty when it gave nothing. */
    static Optional<RegistryAuth> auth(AuthConfig auth) {
        return auth.equals(AuthConfig.getDefaultInstance())
                ? Optional.empty()
                : Optional.of(
                        new RegistryAuth(
                                auth.getUsername(),
                                auth.getPassword(),
                                auth.getAuth(),
                                auth.getServerAddress(),
                                auth.getIdentityToken(),
                                auth.getRegistryToken()));
    }

    static FilesystemUsage usage(FsUsage usage, Instant at) {
        return FilesystemUsage.newBuilder()
                .setTimestamp(Times.nanos(at))
                .setFsId(
                        FilesystemIdentifier.newBuilder()
                                .setMountpoint(usage.mountpoint().toString()))
                .setUsedBytes(UInt64Value.newBuilder().setValue(usage.usedBytes()))
                .setInodesUsed(UInt64Value.newBuilder().setValue(usage.inodes()))
                .build();
    }

    /** {@code user:group} without the group. */
    private static String userPart(String user) {
        int colon = user.indexOf(':');
        return colon < 0 ? user : user.substring(0, colon);
    }
}
