/**
 * Role pod: makes the namespaces that the containers of a pod share and the process that holds
 * them.
 */
@NullMarked
package carafe.shim.pod;

import org.jspecify.annotations.NullMarked;
