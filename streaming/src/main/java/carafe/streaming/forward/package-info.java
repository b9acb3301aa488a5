/** Connections into a pod's network for a client, whatever the transport. */
@NullMarked
package carafe.streaming.forward;

import org.jspecify.annotations.NullMarked;
