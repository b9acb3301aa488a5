/** The kernel as Carafe sees it: system calls, processes, cgroups, mounts. */
@NullMarked
package carafe.linux;

import org.jspecify.annotations.NullMarked;
