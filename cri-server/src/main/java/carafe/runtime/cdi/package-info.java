/**
 * The Container Device Interface: files of the node that say what a container needs for a device.
 */
@NullMarked
package carafe.runtime.cdi;

import org.jspecify.annotations.NullMarked;
