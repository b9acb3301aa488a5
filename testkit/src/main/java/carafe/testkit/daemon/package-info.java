/** The real daemon as a process of its own, on directories, sockets and cgroups of its own. */
@NullMarked
package carafe.testkit.daemon;

import org.jspecify.annotations.NullMarked;
