/** What is there on the machine, before and after: processes, mounts, cgroups, links, files. */
@NullMarked
package carafe.testkit.census;

import org.jspecify.annotations.NullMarked;
