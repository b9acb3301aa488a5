/** Which images this node has: records on disk, names, and the documents they were made of. */
@NullMarked
package carafe.image.store;

import org.jspecify.annotations.NullMarked;
