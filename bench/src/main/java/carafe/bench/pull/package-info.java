/** Pulls measured beside containerd's, each onto a file system of its own. */
@NullMarked
package carafe.bench.pull;

import org.jspecify.annotations.NullMarked;
