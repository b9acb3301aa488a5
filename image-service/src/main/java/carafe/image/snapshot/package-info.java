/** Layers by chain id, and the directories of containers' root file systems. */
@NullMarked
package carafe.image.snapshot;

import org.jspecify.annotations.NullMarked;
