/**
 * The long-lived process that owns a container's life: one thread, one poll, no timer that fires
 * without need. What it knows of the bundle are {@link carafe.shim.record.Facts}.
 */
@NullMarked
package carafe.shim.control;

import org.jspecify.annotations.NullMarked;
