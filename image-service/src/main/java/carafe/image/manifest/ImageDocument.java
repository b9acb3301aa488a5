package carafe.image.manifest;

/** What a registry may answer when asked for an image: exactly one of these. */
public sealed interface ImageDocument permits ImageIndex, ImageManifest, ArtifactManifest {}
