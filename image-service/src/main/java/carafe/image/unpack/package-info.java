/** From the compressed bytes of a layer to a verified directory that overlayfs can stack. */
@NullMarked
package carafe.image.unpack;

import org.jspecify.annotations.NullMarked;
