/** JSON for the shim: bounded, exact, small, and free of what an ahead-of-time compiler lacks. */
@NullMarked
package carafe.shim.json;

import org.jspecify.annotations.NullMarked;
