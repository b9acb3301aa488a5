/** A node in memory: processes, shims, cgroups, networks, images. */
@NullMarked
package carafe.runtime.fake;

import org.jspecify.annotations.NullMarked;
