package carafe.image.unpack;

/**
 * What a layer or image may cost before it is refused.
 *
 * @param layerBytes uncompressed tar of one layer
 * @param imageBytes uncompressed tars of one image's layers that are unpacked together
 * @param layerEntries files, directories and the rest in one layer, implied parents included
 * @param ratio uncompressed bytes per compressed byte
 * @param ratioFloorBytes uncompressed size up to which the ratio does not matter
 * @param freeBytesFloor what must stay free on the data disk
 * @param freeInodesFloor how many inodes must stay free, where the disk has a fixed number
 */
public record UnpackLimits(
        long layerBytes,
        long imageBytes,
        long layerEntries,
        int ratio,
        long ratioFloorBytes,
        long freeBytesFloor,
        long freeInodesFloor) {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    /** Far above any honest image, far below what fills a node unseen. */
    public static UnpackLimits standard() {
        return new UnpackLimits(100 * GIB, 200 * GIB, 4_000_000, 200, GIB, 256 * MIB, 10_000);
    }
}
