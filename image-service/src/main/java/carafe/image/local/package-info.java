/** The image service put together. */
@NullMarked
package carafe.image.local;

import org.jspecify.annotations.NullMarked;
