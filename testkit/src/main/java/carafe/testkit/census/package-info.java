/**
 * What is there on the machine, before and after: processes, zombies, network namespaces, mounts,
 * cgroups, links, sockets, files.
 */
@NullMarked
package carafe.testkit.census;

import org.jspecify.annotations.NullMarked;
