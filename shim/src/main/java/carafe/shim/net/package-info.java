/** Sockets of a pod's network for the daemon, which never enters a namespace itself. */
@NullMarked
package carafe.shim.net;

import org.jspecify.annotations.NullMarked;
