/** The daemon's side of the shim: starting one, talking to it, learning how it ended. */
@NullMarked
package carafe.runtime.shim;

import org.jspecify.annotations.NullMarked;
