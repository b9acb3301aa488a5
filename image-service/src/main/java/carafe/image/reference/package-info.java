/** Names of images: references, digests, and what a user may type instead. */
@NullMarked
package carafe.image.reference;

import org.jspecify.annotations.NullMarked;
