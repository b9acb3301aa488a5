/** Unpacked layers on disk, and the writable directories of containers on top of them. */
@NullMarked
package carafe.image.snapshot;

import org.jspecify.annotations.NullMarked;
