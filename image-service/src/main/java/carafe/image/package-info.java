/** What the rest of Carafe sees of images: the facade and its records. */
@NullMarked
package carafe.image;

import org.jspecify.annotations.NullMarked;
