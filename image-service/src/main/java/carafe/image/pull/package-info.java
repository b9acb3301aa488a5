/** Bringing an image onto this node, from wherever it is. */
@NullMarked
package carafe.image.pull;

import org.jspecify.annotations.NullMarked;
