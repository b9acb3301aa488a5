/** Blobs on their way to this node: one transfer each, on disk until they are unpacked. */
@NullMarked
package carafe.image.download;

import org.jspecify.annotations.NullMarked;
