/**
 * The process that reads a container's output and writes its log. Apart from control, because a
 * write to a stalled disk cannot be interrupted, and kill, exec and exit must not wait for it.
 */
@NullMarked
package carafe.shim.pump;

import org.jspecify.annotations.NullMarked;
