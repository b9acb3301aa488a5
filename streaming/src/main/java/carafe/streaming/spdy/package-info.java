/** SPDY/3.1 as kubelet's clients speak it: remote commands and port forwarding. */
@NullMarked
package carafe.streaming.spdy;

import org.jspecify.annotations.NullMarked;
