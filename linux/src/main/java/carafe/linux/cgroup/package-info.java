/** Control groups of version 1, version 2 and both at once: making, limiting, killing, removing. */
@NullMarked
package carafe.linux.cgroup;

import org.jspecify.annotations.NullMarked;
